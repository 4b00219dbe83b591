namespace FaceAspire.Contracts.Names;

/// <summary>What <c>analyze</c> can tell of a face.</summary>
public enum AttributeAction
{
    /// <summary>Apparent age in years.</summary>
    Age,

    /// <summary>Apparent gender, two classes.</summary>
    Gender,

    /// <summary>Expression, seven classes.</summary>
    Emotion,

    /// <summary>Apparent race, DeepFace's six classes.</summary>
    Race,
}
