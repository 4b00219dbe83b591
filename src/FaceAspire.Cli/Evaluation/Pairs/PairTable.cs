using System.Globalization;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>Prints how detectors, recognisers and alignments compare on the same pairs: a table in Markdown, a row for each combination as soon as it is measured.</summary>
/// <remarks>A detector that loses faces must not look better for it. A service answers no_face_detected for a pair that lacks one, so that it accepts nobody: these pairs
/// count as refused wherever a column says so, and thresholds are chosen on the pairs that have two faces.</remarks>
/// <param name="output">Where the table goes.</param>
/// <param name="error">Where progress goes, and what is left out.</param>
/// <param name="metric">How embeddings are compared.</param>
/// <param name="rate">The false-match rate at which recognisers are compared, above 0 and below 1.</param>
internal sealed class PairTable(TextWriter output, TextWriter error, DistanceMetric metric, double rate)
{
    private const string Nothing = "–";

    /// <summary>Measures and prints. What lacks weights is left out, with a line on the error output.</summary>
    /// <exception cref="CommandException">Nothing is left, or a picture cannot be read.</exception>
    public void Write(CommandModels models, IReadOnlyList<string> detectors, IReadOnlyList<Recogniser> recognisers, FileInfo file, CancellationToken cancellationToken)
    {
        var pairs = LabelledPair.Read(file);
        var entries = recognisers.Select(static one => one.Model).Distinct().Where(entry => IsHere(models, entry)).ToHashSet();
        var here = recognisers.Where(one => entries.Contains(one.Model)).ToList();
        var usable = detectors.Where(name => name == ApiNames.SkipDetector || IsHere(models, models.DetectorModelNamed(name))).ToList();
        if (here.Count == 0 || usable.Count == 0)
        {
            throw new CommandException($"Nothing can be compared: the weights of every {(here.Count == 0 ? "model" : "detector")} named are missing.");
        }

        int pictures = pairs.SelectMany(static pair => new[] { pair.File1, pair.File2 }).Distinct(StringComparer.Ordinal).Count();
        int same = pairs.Count(static pair => pair.Same);
        WriteHead(pictures, same, pairs.Count - same);
        var progress = ProgressLine.On(error);
        for (int i = 0; i < usable.Count; i++)
        {
            progress.Show(i, usable.Count, $"detector {usable[i]}");
            var evaluations = PairEvaluation.Run(new(models, here, usable[i]), file, pairs, metric, cancellationToken);
            progress.Clear();
            foreach (var (recogniser, evaluation) in here.Zip(evaluations))
            {
                WriteRow([usable[i], recogniser.Model.Name, ApiNames.Alignments.NameOf(recogniser.Alignment), .. Cells(recogniser, evaluation, pictures, same, pairs.Count - same)]);
            }
        }
    }

    private bool IsHere(CommandModels models, ModelHub.ModelEntry entry)
    {
        if (models.WhyMissing(entry) is { } reason)
        {
            error.WriteLine($"{entry.Name} is left out. {reason}");
            return false;
        }

        return true;
    }

    private void WriteHead(int pictures, int same, int strangers)
    {
        output.WriteLine(Text($"{pictures} pictures, {same} pairs of one person, {strangers} of two; {ApiNames.Metrics.NameOf(metric)}"));
        output.WriteLine();
        string[] columns =
        [
            "faces found",
            "accuracy (threshold)",
            Text($"true matches at {rate} (threshold)"),
            "the same, no face: refused",
            "at the catalogue's threshold, no face: refused",
            "false matches there",
            "area under the curve",
        ];
        WriteRow(["detector", "model", "alignment", .. columns]);
        WriteRow(["---", "---", "---", .. columns.Select(static _ => "--:")]);
    }

    /// <summary>What a combination reached, with the pairs of one person and of two that there are, with faces or without.</summary>
    private IEnumerable<string> Cells(Recogniser recogniser, PairEvaluation evaluation, int pictures, int same, int strangers)
    {
        yield return Text($"{pictures - evaluation.WithoutFace.Count}");
        if (!evaluation.HasCurve)
        {
            foreach (string cell in Enumerable.Repeat(Nothing, 6))
            {
                yield return cell;
            }

            yield break;
        }

        var curve = evaluation.Curve;
        double best = curve.BestThreshold();
        yield return Text($"{curve.BalancedAccuracy(best):P1} ({best:F4})");
        double? threshold = curve.ThresholdAt(rate);
        yield return threshold is { } at ? Text($"{curve.TrueMatchRate(at):P1} ({Math.Floor(at * 10_000) / 10_000:F4})") : Nothing;
        yield return threshold is { } again ? Text($"{curve.TrueMatchRate(again) * curve.SameCount / same:P1}") : Nothing;
        double given = recogniser.Model.Thresholds[recogniser.Alignment][metric];
        yield return Text($"{curve.TrueMatchRate(given) * curve.SameCount / same:P1}");
        yield return Text($"{curve.FalseMatchRate(given) * curve.StrangerCount / strangers:P2}");
        yield return Text($"{curve.Area:F4}");
    }

    private void WriteRow(IEnumerable<string> cells) => output.WriteLine($"| {string.Join(" | ", cells)} |");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
