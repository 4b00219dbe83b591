using FaceAspire.ModelHub;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>What a detector found in labelled pictures.</summary>
/// <param name="Pictures">One for each picture of the file.</param>
internal sealed record DetectionEvaluation(IReadOnlyList<MatchedPicture> Pictures)
{
    /// <summary>Lowest score of a face that is looked at: below it there is nothing but noise.</summary>
    public const float LowestScore = 0.05f;

    // Widths of faces in pixels: where each band but the first starts.
    private static readonly int[] _widths = [20, 40, 80, 160];

    /// <summary>The labelled faces.</summary>
    public IEnumerable<MatchedFace> Faces => Pictures.SelectMany(static picture => picture.Labelled);

    /// <summary>Over all pictures.</summary>
    public PrecisionRecallCurve Curve { get; } = new(
        Pictures.SelectMany(static picture => picture.Found),
        Pictures.Sum(static picture => picture.Labelled.Count),
        Pictures.Count);

    /// <summary>Finds the faces of every picture and matches them.</summary>
    /// <exception cref="CommandException">The file of boxes or a picture cannot be read.</exception>
    public static DetectionEvaluation Run(CommandModels models, ModelEntry detector, float minIou, FileInfo file, CancellationToken cancellationToken)
    {
        var labels = LabelledPicture.Read(file).ToDictionary(static label => label.File, static label => label.Faces, StringComparer.Ordinal);
        var network = models.DetectorOf(detector, Math.Min(LowestScore, detector.ScoreThreshold));
        return new([.. LabelledPictures.Measure(
            file,
            labels.Keys,
            (name, encoded) =>
            {
                using var image = models.Decoder.Decode(encoded, cancellationToken);
                return MatchedPicture.Of(network.Detect(image, cancellationToken), labels[name], minIou);
            },
            cancellationToken).Values]);
    }

    /// <summary>Errors of the landmarks of the faces that are found with at least a score, ascending; without those that have no landmarks, labelled or found.</summary>
    public IReadOnlyList<double> LandmarkErrors(float lowestScore) => [.. Faces.Where(face => face.Score >= lowestScore).Select(static face => face.LandmarkError).OfType<double>().Order()];

    /// <summary>The labelled faces by the width of their boxes, from the narrowest; bands without faces are left out.</summary>
    public IEnumerable<(string Band, IReadOnlyList<float?> Scores)> ByWidth()
    {
        var bands = Faces.ToLookup(static face => Array.FindLastIndex(_widths, start => start <= face.Width), static face => face.Score);
        for (int band = -1; band < _widths.Length; band++)
        {
            if (bands.Contains(band))
            {
                yield return (NameOf(band), [.. bands[band]]);
            }
        }
    }

    private static string NameOf(int band) => band < 0
        ? $"below {_widths[0]}"
        : band + 1 < _widths.Length ? $"{_widths[band]} to {_widths[band + 1]}" : $"{_widths[band]} and more";
}
