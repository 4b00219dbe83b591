using System.Numerics;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>The lines of a file of boxes that belong to one picture.</summary>
/// <param name="File">The picture, from the file's folder.</param>
/// <param name="Faces">Its faces; empty when it has none.</param>
internal sealed record LabelledPicture(string File, IReadOnlyList<LabelledBox> Faces)
{
    /// <summary>Columns of the landmarks, in their order; optional, all ten or none.</summary>
    public static readonly IReadOnlyList<string> LandmarkColumns = [.. new[] { "reye", "leye", "nose", "rmouth", "lmouth" }.SelectMany(static point => new[] { $"{point}_x", $"{point}_y" })];

    /// <summary>Reads the columns <c>file</c>, <c>x</c>, <c>y</c>, <c>w</c> and <c>h</c>, and <see cref="LandmarkColumns"/> where there are such: a line per face, or one without numbers for
    /// a picture without faces.</summary>
    /// <exception cref="CommandException">The file cannot be read, a line is not of that form, or there is no face at all.</exception>
    public static IReadOnlyList<LabelledPicture> Read(FileInfo file)
    {
        var csv = LabelledFile.Read(file);
        int picture = csv.Column("file"), x = csv.Column("x"), y = csv.Column("y"), width = csv.Column("w"), height = csv.Column("h");
        int[] points = LandmarkColumns.Any(name => csv.OptionalColumn(name) is not null) ? [.. LandmarkColumns.Select(csv.Column)] : [];
        var faces = new OrderedDictionary<string, List<LabelledBox>>(StringComparer.Ordinal);
        foreach (var line in csv.Lines)
        {
            string name = line.PictureIn(picture);
            LabelledBox? box = (line.NumberIn(x), line.NumberIn(y), line.NumberIn(width), line.NumberIn(height)) switch
            {
                (null, null, null, null) => null,
                ({ } left, { } top, { } w and > 0, { } h and > 0) => new(new(left, top, w, h), LandmarksIn(line, points)),
                _ => throw line.Wrong("has no box: x, y, w and h are four numbers, w and h above 0, or all empty"),
            };
            if (faces.TryGetValue(name, out var others))
            {
                // A picture without faces has one line: an empty one beside others contradicts them.
                others.Add(box is { } another && others.Count > 0 ? another : throw line.Wrong($"names {name} again, though one of its lines says that it has no face"));
            }
            else
            {
                faces.Add(name, box is { } first ? [first] : []);
            }
        }

        return faces.Values.Any(static boxes => boxes.Count > 0)
            ? [.. faces.Select(static one => new LabelledPicture(one.Key, one.Value))]
            : throw new CommandException($"{file.Name} has no faces.");
    }

    private static Vector2[] LandmarksIn(LabelledFile.Line line, int[] columns)
    {
        float[] numbers = [.. columns.Select(column => line.NumberIn(column)).OfType<float>()];
        if (numbers.Length == 0)
        {
            return [];
        }

        return numbers.Length == columns.Length && numbers is [var rightX, var rightY, var leftX, var leftY, ..] && (rightX, rightY) != (leftX, leftY)
            ? [.. numbers.Chunk(2).Select(static point => new Vector2(point[0], point[1]))]
            : throw line.Wrong("has no five landmarks: ten numbers, the eyes apart, or all empty");
    }
}
