using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>A line of a file of attributes: what is known of the largest face of a picture.</summary>
/// <param name="File">The picture, from the file's folder.</param>
/// <param name="Age">Its age; null when unknown.</param>
/// <param name="Classes">Its class of each attribute that is known, in DeepFace's spelling.</param>
internal sealed record LabelledFace(string File, AgeLabel? Age, IReadOnlyDictionary<AttributeAction, string> Classes)
{
    private const float MaxAge = 150;

    /// <summary>The attributes that are told in classes.</summary>
    public static IReadOnlyList<AttributeAction> ClassActions { get; } = [AttributeAction.Gender, AttributeAction.Race, AttributeAction.Emotion];

    /// <summary>Whether an attribute is known.</summary>
    public bool Knows(AttributeAction action) => action == AttributeAction.Age ? Age is not null : Classes.ContainsKey(action);

    /// <summary>Reads the column <c>file</c> and any of <c>age</c>, <c>age_min</c> with <c>age_max</c>, <c>gender</c>, <c>race</c> and <c>emotion</c>; an
    /// empty field is unknown, an exact age goes before a range.</summary>
    /// <exception cref="CommandException">The file cannot be read, or a line is not of that form.</exception>
    public static IReadOnlyList<LabelledFace> Read(FileInfo file)
    {
        var csv = LabelledFile.Read(file);
        int picture = csv.Column("file");
        int? age = csv.OptionalColumn("age"), youngest = csv.OptionalColumn("age_min"), oldest = csv.OptionalColumn("age_max");
        if (youngest is null != oldest is null)
        {
            throw new CommandException($"{file.Name} has only one of the columns age_min and age_max.");
        }

        var columns = ClassActions.Select(action => (Action: action, Column: csv.OptionalColumn(ApiNames.Actions.NameOf(action)))).ToList();
        HashSet<string> pictures = new(StringComparer.Ordinal);
        List<LabelledFace> faces = [];
        foreach (var line in csv.Lines)
        {
            var classes = new Dictionary<AttributeAction, string>();
            foreach (var (action, column) in columns)
            {
                if (ClassIn(line, action, column) is { } known)
                {
                    classes.Add(action, known);
                }
            }

            var face = new LabelledFace(line.PictureIn(picture), AgeIn(line, age, youngest, oldest), classes);
            faces.Add(pictures.Add(face.File) ? face : throw line.Wrong($"names {face.File} again"));
        }

        return faces.Exists(static face => face.Age is not null || face.Classes.Count > 0)
            ? faces
            : throw new CommandException($"{file.Name} has no label in a column age, age_min and age_max, gender, race or emotion.");
    }

    private static AgeLabel? AgeIn(LabelledFile.Line line, int? age, int? youngest, int? oldest)
    {
        float? exact = line.NumberIn(age), min = line.NumberIn(youngest), max = line.NumberIn(oldest);
        if (min is null != max is null)
        {
            throw line.Wrong("has only one of age_min and age_max");
        }

        return (exact ?? min, exact ?? max) switch
        {
            (null, _) or (_, null) => null,
            ({ } from and >= 0, { } to and <= MaxAge) when from <= to => new(from, to),
            _ => throw line.Wrong("has an age that is none, or a range that ends before it starts"),
        };
    }

    private static string? ClassIn(LabelledFile.Line line, AttributeAction action, int? column)
    {
        string text = line[column];
        return text.Length == 0
            ? null
            : DeepFaceClasses.Of(action).FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase))
                ?? throw line.Wrong($"has the {ApiNames.Actions.NameOf(action)} '{text}', which is none of {string.Join(", ", DeepFaceClasses.Of(action))}");
    }
}
