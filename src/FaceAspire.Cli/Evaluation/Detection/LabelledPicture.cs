using FaceAspire.Vision.Detection;

namespace FaceAspire.Cli.Evaluation.Detection;

/// <summary>The lines of a file of boxes that belong to one picture.</summary>
/// <param name="File">The picture, from the file's folder.</param>
/// <param name="Faces">Its faces in pixels of the upright picture; empty when it has none.</param>
internal sealed record LabelledPicture(string File, IReadOnlyList<FaceBox> Faces)
{
    /// <summary>Reads the columns <c>file</c>, <c>x</c>, <c>y</c>, <c>w</c> and <c>h</c>: a line per face, or one without numbers for a picture without faces.</summary>
    /// <exception cref="CommandException">The file cannot be read, a line is not of that form, or there is no face at all.</exception>
    public static IReadOnlyList<LabelledPicture> Read(FileInfo file)
    {
        var csv = LabelledFile.Read(file);
        int picture = csv.Column("file"), x = csv.Column("x"), y = csv.Column("y"), width = csv.Column("w"), height = csv.Column("h");
        var faces = new OrderedDictionary<string, List<FaceBox>>(StringComparer.Ordinal);
        foreach (var line in csv.Lines)
        {
            string name = line.PictureIn(picture);
            FaceBox? box = (line.NumberIn(x), line.NumberIn(y), line.NumberIn(width), line.NumberIn(height)) switch
            {
                (null, null, null, null) => null,
                ({ } left, { } top, { } w and > 0, { } h and > 0) => new(left, top, w, h),
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
}
