using System.CommandLine;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary><c>--pairs</c>: how well a recogniser tells one person from two; a table where several detectors, recognisers or alignments are named.</summary>
internal sealed class PairKind(SharedOptions shared) : IEvaluationKind
{
    private const string DefaultModel = "FaceLite";
    private const string All = "all";
    private const double DefaultRate = 1e-3;

    private readonly Option<string> _metric = new("--metric") { Description = "Of pairs: cosine, euclidean, euclidean_l2 or angular.", DefaultValueFactory = static _ => "cosine" };
    private readonly Option<string[]> _alignment = new("--alignment")
    {
        Description = "Of pairs: native or deepface, or all for both.",
        DefaultValueFactory = static _ => ["native"],
        AllowMultipleArgumentsPerToken = true,
    };

    private readonly Option<double?> _suggest = new("--suggest-threshold") { Description = "Of pairs: false-match rate, such as 0.001, for which a threshold is suggested." };
    private readonly Option<FileInfo?> _curve = new("--roc") { Description = "Of pairs, one detector, model and alignment: where to draw the ROC curve, a .png." };

    /// <inheritdoc/>
    public Option<FileInfo?> File { get; } = new("--pairs")
    {
        Description = "A CSV with the columns file1, file2 and same (1 or 0); files count from its folder. Several detectors, models or alignments give a table in Markdown.",
    };

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [shared.Model, shared.Detector, shared.ModelsDir, _metric, _alignment, _suggest, _curve];

    /// <inheritdoc/>
    public void Run(FileInfo file, ParseResult arguments, TextWriter output, CancellationToken cancellationToken)
    {
        using var models = new CommandModels(arguments.GetValue(shared.ModelsDir));
        var recognisers = Recognisers(models, arguments);
        string[] detectors = Detectors(models, arguments);
        var metric = ApiNames.Metrics.ParseOption(_metric.Name, arguments.GetRequiredValue(_metric));
        if (arguments.GetValue(_suggest) is not (null or (> 0 and < 1)))
        {
            throw new CommandException($"{_suggest.Name}: must lie between 0 and 1, such as 0.001");
        }

        if (recognisers.Count * detectors.Length > 1)
        {
            if (arguments.GetValue(_curve) is not null)
            {
                throw new CommandException($"{_curve.Name}: goes with one detector, one model and one alignment");
            }

            var table = new PairTable(output, arguments.InvocationConfiguration.Error, metric, arguments.GetValue(_suggest) ?? DefaultRate);
            table.Write(models, detectors, recognisers, file, cancellationToken);
            return;
        }

        var pipeline = new RecognitionPipeline(models, recognisers, detectors[0]);
        var result = PairEvaluation.Run(pipeline, file, LabelledPair.Read(file), metric, cancellationToken)[0];
        PairReport.Write(output, recognisers[0], metric, result, arguments.GetValue(_suggest));
        if (arguments.GetValue(_curve) is { } picture)
        {
            RocPicture.Draw(result.Curve, $"{recognisers[0].Model.Name}, {ApiNames.Metrics.NameOf(metric)}", picture);
        }
    }

    /// <summary>Every model with every alignment, as they were named.</summary>
    private List<Recogniser> Recognisers(CommandModels models, ParseResult arguments)
    {
        var entries = Spread(Given(arguments, shared.Model, DefaultModel), [.. models.Catalog.Of(ModelHub.ModelTask.Recognition).Select(static entry => entry.Name)])
            .Select(models.RecogniserNamed).Distinct().ToList();
        var alignments = Spread(Given(arguments, _alignment), [ApiNames.Alignments.NameOf(AlignmentMode.Native), ApiNames.Alignments.NameOf(AlignmentMode.DeepFace)])
            .Select(name => ApiNames.Alignments.ParseOption(_alignment.Name, name)).ToList();
        return [.. entries.SelectMany(entry => alignments.Select(alignment => new Recogniser(entry, entry.Resolve(alignment)))).Distinct()];
    }

    private string[] Detectors(CommandModels models, ParseResult arguments) =>
        [.. Spread(Given(arguments, shared.Detector), [.. models.DetectorNames()]).Select(models.DetectorNamed).Distinct()];

    private static string[] Given(ParseResult arguments, Option<string[]> option, params string[] otherwise) =>
        arguments.GetValue(option) is { Length: > 0 } given ? given : otherwise;

    /// <summary>The names, with everything there is in the place of <c>all</c>.</summary>
    private static IEnumerable<string> Spread(IEnumerable<string> names, string[] everything) =>
        names.SelectMany(name => name.Equals(All, StringComparison.OrdinalIgnoreCase) ? everything : [name]);
}
