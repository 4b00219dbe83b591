namespace FaceAspire.Contracts.Names;

/// <summary>The classes that <c>analyze</c> answers, in DeepFace's spelling and order (0.0.100, <c>models/demography</c>).</summary>
public static class DeepFaceClasses
{
    /// <summary>A race class that a network may have beside DeepFace's: its share is split equally between
    /// those of <see cref="OtherRaces"/>. Never answered.</summary>
    public const string OtherRace = "other";

    /// <summary>The races that a network with <see cref="OtherRace"/> does not tell apart.</summary>
    public static IReadOnlyList<string> OtherRaces { get; } = ["middle eastern", "latino hispanic"];

    /// <summary>The two genders.</summary>
    public static IReadOnlyList<string> Gender { get; } = ["Woman", "Man"];

    /// <summary>The seven emotions.</summary>
    public static IReadOnlyList<string> Emotion { get; } = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"];

    /// <summary>The six races.</summary>
    public static IReadOnlyList<string> Race { get; } = ["asian", "indian", "black", "white", "middle eastern", "latino hispanic"];

    /// <summary>The classes of an action; empty for an age.</summary>
    public static IReadOnlyList<string> Of(AttributeAction action) => action switch
    {
        AttributeAction.Age => [],
        AttributeAction.Gender => Gender,
        AttributeAction.Emotion => Emotion,
        AttributeAction.Race => Race,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not an action."),
    };
}
