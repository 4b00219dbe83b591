using System.CommandLine;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary><c>--detection</c>: how many faces a detector finds, and how much that is none.</summary>
internal sealed class DetectionKind(SharedOptions shared) : IEvaluationKind
{
    private readonly Option<float> _iou = new("--iou")
    {
        Description = "Of detection: smallest intersection over union at which a box counts as the labelled face.",
        DefaultValueFactory = static _ => 0.5f,
    };

    /// <inheritdoc/>
    public Option<FileInfo?> File { get; } = new("--detection")
    {
        Description = "A CSV with the columns file, x, y, w and h (pixels), one line per face; a picture without faces has one line with the four empty. With reye_x, reye_y, leye_…, nose_…, rmouth_…, lmouth_… (the person's right and left) the landmarks are judged too.",
    };

    /// <inheritdoc/>
    public IReadOnlyList<Option> Options => [shared.Detector, shared.ModelsDir, _iou];

    /// <inheritdoc/>
    public void Run(FileInfo file, ParseResult arguments, TextWriter output, CancellationToken cancellationToken)
    {
        using var models = new CommandModels(arguments.GetValue(shared.ModelsDir));
        var detector = models.DetectorModelNamed(SharedOptions.OnlyOne(arguments, shared.Detector)!);
        float minIou = arguments.GetValue(_iou);
        if (minIou is not (> 0 and <= 1))
        {
            throw new CommandException($"{_iou.Name}: must lie above 0 and at most at 1, such as 0.5");
        }

        DetectionReport.Write(output, detector, minIou, DetectionEvaluation.Run(models, detector, minIou, file, cancellationToken));
    }
}
