using System.Globalization;
using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>Prints what an evaluation of attributes found.</summary>
internal static class AttributeReport
{
    private const string Nothing = "-";

    private static readonly (string Title, Func<JudgedFaces, string> Cell)[] _figures =
    [
        ("age error", static faces => Years(faces.Ages.MeanAbsoluteError)),
        ("in range", static faces => Percentage(faces.Ages.InRange)),
        .. LabelledFace.ClassActions.Select(static action =>
            (ApiNames.Actions.NameOf(action), (Func<JudgedFaces, string>)(faces => Percentage(faces.Classes(action).Accuracy)))),
    ];

    public static void Write(TextWriter output, AttributePipeline pipeline, AttributeEvaluation evaluation)
    {
        void Line(FormattableString text) => output.WriteLine(text.ToString(CultureInfo.InvariantCulture));
        var faces = evaluation.Faces;
        string answerers = string.Join(", ", pipeline.Answerers.Select(static answerer => $"{ApiNames.Actions.NameOf(answerer.Action)} by {answerer.Model.Name}"));
        Line($"{faces.Count} pictures, detector {pipeline.Detector}; {answerers}");
        if (evaluation.WholePictures > 0 && pipeline.Detector != ApiNames.SkipDetector)
        {
            Line($"taken whole, no face found: {evaluation.WholePictures}");
        }

        if (evaluation.LeftOut.Count > 0)
        {
            Line($"left out, no face found: {string.Join(", ", evaluation.LeftOut)}");
        }

        if (faces.Ages is { MeanAbsoluteError: { } error } exact)
        {
            Line($"age: mean absolute error {error:F2} years ({exact.ExactCount} faces)");
        }

        if (faces.Ages is { InRange: { } inRange, MeanDistance: { } distance } ranges)
        {
            Line($"age: {inRange:P2} in the labelled range, mean distance to it {distance:F2} years ({ranges.RangeCount} faces)");
        }

        foreach (var action in LabelledFace.ClassActions)
        {
            if (faces.Classes(action) is { Accuracy: { } accuracy } matrix)
            {
                Line($"{ApiNames.Actions.NameOf(action)}: {accuracy:P2} right, mean of the classes' recalls {matrix.BalancedAccuracy:P2} ({matrix.Count} faces)");
                WriteMatrix(output, matrix);
            }
        }

        WriteGroups(output, "by age", faces, faces.ByAge());
        WriteGroups(output, "by gender", faces, faces.By(AttributeAction.Gender));
        WriteGroups(output, "by race", faces, faces.By(AttributeAction.Race));
    }

    private static void WriteMatrix(TextWriter output, ConfusionMatrix matrix)
    {
        var labels = Enumerable.Range(0, matrix.Classes.Count).Where(label => matrix.CountOf(label) > 0);
        TextTable.Write(output,
        [
            ["label \\ told", .. matrix.Classes, "recall"],
            .. labels.Select(label => (IReadOnlyList<string>)
                [matrix.Classes[label], .. matrix.Classes.Select((_, told) => Number(matrix[label, told])), Percentage(matrix.Recall(label))]),
        ]);
    }

    /// <summary>One row per group, with the figures that there are at all.</summary>
    private static void WriteGroups(TextWriter output, string title, JudgedFaces all, IEnumerable<(string Group, JudgedFaces Faces)> groups)
    {
        var figures = _figures.Where(figure => figure.Cell(all) != Nothing).ToList();
        var rows = groups.Select(group => (IReadOnlyList<string>)[group.Group, Number(group.Faces.Count), .. figures.Select(figure => figure.Cell(group.Faces))]).ToList();
        if (rows.Count > 0)
        {
            output.WriteLine();
            TextTable.Write(output, [[title, "faces", .. figures.Select(static figure => figure.Title)], .. rows]);
        }
    }

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static string Years(double? years) => years?.ToString("F2", CultureInfo.InvariantCulture) ?? Nothing;

    private static string Percentage(double? share) => share?.ToString("P1", CultureInfo.InvariantCulture) ?? Nothing;
}
