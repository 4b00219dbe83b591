using ScottPlot;

namespace FaceAspire.Cli.Evaluation.Pairs;

/// <summary>Draws a ROC curve, its false-match rate by powers of ten.</summary>
internal static class RocPicture
{
    private const int Side = 640;

    /// <exception cref="CommandException">The file cannot be written.</exception>
    public static void Draw(RocCurve curve, string title, FileInfo file)
    {
        // A rate of 0 has no logarithm: it stands at half of the smallest rate that the pairs can show.
        double smallest = 0.5 / curve.StrangerCount;
        var points = curve.Points().ToList();
        var plot = new Plot();
        plot.Add.ScatterLine(points.Select(point => Math.Log10(Math.Max(smallest, point.FalseMatchRate))).ToArray(), points.Select(static point => 100 * point.TrueMatchRate).ToArray());
        plot.Title(title);
        plot.XLabel("false-match rate, power of ten");
        plot.YLabel("true-match rate, %");
        try
        {
            plot.SavePng(file.FullName, Side, Side);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.Name} cannot be written.", exception);
        }
    }
}
