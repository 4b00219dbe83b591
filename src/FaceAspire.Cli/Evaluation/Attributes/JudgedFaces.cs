using FaceAspire.Contracts.Names;

namespace FaceAspire.Cli.Evaluation.Attributes;

/// <summary>How well the answers for some faces agree with what is known of them; an attribute counts where it is both known and told.</summary>
/// <param name="faces">The faces.</param>
internal sealed class JudgedFaces(IReadOnlyList<JudgedFace> faces)
{
    /// <summary>How many faces there are.</summary>
    public int Count => faces.Count;

    /// <summary>Of the ages.</summary>
    public AgeErrors Ages { get; } = AgeErrors.Of(faces
        .Where(static face => face.Label.Age is not null && face.Answer.Age is not null)
        .Select(static face => (face.Label.Age.GetValueOrDefault(), face.Answer.Age.GetValueOrDefault())));

    /// <summary>Of an attribute that is told in classes.</summary>
    public ConfusionMatrix Classes(AttributeAction action) => new(
        DeepFaceClasses.Of(action),
        faces
            .Where(face => face.Label.Classes.ContainsKey(action) && face.Answer.Classes.ContainsKey(action))
            .Select(face => (face.Label.Classes[action], face.Answer.Classes[action])));

    /// <summary>The faces by band of age, from the youngest.</summary>
    public IEnumerable<(string Group, JudgedFaces Faces)> ByAge() => By(AgeLabel.Bands, static label => label.Age?.Band);

    /// <summary>The faces by what is known of an attribute that is told in classes, in DeepFace's order.</summary>
    public IEnumerable<(string Group, JudgedFaces Faces)> By(AttributeAction action) => By(DeepFaceClasses.Of(action), label => label.Classes.GetValueOrDefault(action));

    private IEnumerable<(string Group, JudgedFaces Faces)> By(IReadOnlyList<string> groups, Func<LabelledFace, string?> groupOf)
    {
        var members = faces.ToLookup(face => groupOf(face.Label));
        return groups.Where(members.Contains).Select(group => (group, new JudgedFaces([.. members[group]])));
    }
}
