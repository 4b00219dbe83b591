using System.CommandLine;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary><c>--pairs</c>: how well a recogniser tells one person from two.</summary>
internal sealed class PairKind(SharedOptions shared) : IEvaluationKind
{
    private const string DefaultModel = "FaceLite";

    private readonly Option<string> _metric = new("--metric") { Description = "Of pairs: cosine, euclidean, euclidean_l2 or angular.", DefaultValueFactory = static _ => "cosine" };
    private readonly Option<string> _alignment = new("--alignment") { Description = "Of pairs: native or deepface.", DefaultValueFactory = static _ => "native" };
    private readonly Option<double?> _suggest = new("--suggest-threshold") { Description = "Of pairs: false-match rate, such as 0.001, for which a threshold is suggested." };
    private readonly Option<FileInfo?> _curve = new("--roc") { Description = "Of pairs: where to draw the ROC curve, a .png." };

    /// <inheritdoc/>
    public Option<FileInfo?> File { get; } = new("--pairs") { Description = "A CSV with the columns file1, file2 and same (1 or 0); files count from its folder." };

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [shared.Model, shared.Detector, shared.ModelsDir, _metric, _alignment, _suggest, _curve];

    /// <inheritdoc/>
    public void Run(FileInfo file, ParseResult arguments, TextWriter output, CancellationToken cancellationToken)
    {
        using var models = new CommandModels(arguments.GetValue(shared.ModelsDir));
        var model = models.RecogniserNamed(arguments.GetValue(shared.Model) ?? DefaultModel);
        string detector = models.DetectorNamed(arguments.GetRequiredValue(shared.Detector));
        var alignment = ApiNames.Alignments.ParseOption(_alignment.Name, arguments.GetRequiredValue(_alignment));
        var metric = ApiNames.Metrics.ParseOption(_metric.Name, arguments.GetRequiredValue(_metric));
        if (arguments.GetValue(_suggest) is not (null or (> 0 and < 1)))
        {
            throw new CommandException($"{_suggest.Name}: must lie between 0 and 1, such as 0.001");
        }

        var pipeline = new RecognitionPipeline(models, model, detector, model.Resolve(alignment));
        var result = PairEvaluation.Run(pipeline, file, metric, cancellationToken);
        PairReport.Write(output, pipeline, metric, result, arguments.GetValue(_suggest));
        if (arguments.GetValue(_curve) is { } picture)
        {
            RocPicture.Draw(result.Curve, $"{model.Name}, {ApiNames.Metrics.NameOf(metric)}", picture);
        }
    }
}
