using System.CommandLine;
using FaceAspire.Contracts.Names;
using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary><c>--attributes</c>: how well age, gender, race and emotion are told.</summary>
internal sealed class AttributeKind(SharedOptions shared) : IEvaluationKind
{
    private readonly Option<bool> _requireFace = new("--require-face") { Description = "Of attributes: leaves out and lists the pictures without a face, instead of taking them whole." };

    /// <inheritdoc/>
    public Option<FileInfo?> File { get; } = new("--attributes")
    {
        Description = "A CSV with the column file and any of age, age_min with age_max, gender, race and emotion; an empty field is unknown.",
    };

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [shared.Model, shared.Detector, shared.ModelsDir, _requireFace];

    /// <inheritdoc/>
    public void Run(FileInfo file, ParseResult arguments, TextWriter output, CancellationToken cancellationToken)
    {
        using var models = new CommandModels(arguments.GetValue(shared.ModelsDir));
        string detector = models.DetectorNamed(SharedOptions.OnlyOne(arguments, shared.Detector)!);
        bool requireFace = arguments.GetValue(_requireFace);
        if (requireFace && detector == ApiNames.SkipDetector)
        {
            throw new CommandException($"{_requireFace.Name}: does not go with {shared.Detector.Name} {detector}, which looks for no face");
        }

        var candidates = Candidates(models, SharedOptions.OnlyOne(arguments, shared.Model));
        var labels = LabelledFace.Read(file);
        var answerers = candidates.FindAll(candidate => labels.Any(label => label.Knows(candidate.Action)));
        if (answerers.Count == 0)
        {
            throw new CommandException($"{file.Name} has no label of what {candidates[0].Model.Name} tells.");
        }

        var pipeline = new AttributePipeline(models, answerers, detector, requireFace);
        AttributeReport.Write(output, pipeline, AttributeEvaluation.Run(pipeline, labels, file, cancellationToken));
    }

    /// <summary>The attributes that can be asked for, and who tells them: one model, or for each attribute the first of the catalogue.</summary>
    private static List<(AttributeAction Action, ModelEntry Model)> Candidates(CommandModels models, string? name)
    {
        if (name is null)
        {
            return [.. Enum.GetValues<AttributeAction>().Select(action => (action, models.Catalog.AnswererOf(action)))];
        }

        var model = models.AttributeModelNamed(name);
        return [.. model.Outputs.Select(output => (output.Action, model))];
    }
}
