namespace FaceAspire.Contracts.Names;

/// <summary>How a recogniser's input is cut from the picture.</summary>
public enum AlignmentMode
{
    /// <summary><see cref="Native"/> where the catalogue says that it was measured, else <see cref="DeepFace"/>.</summary>
    Auto,

    /// <summary>The geometry that the model was trained with.</summary>
    Native,

    /// <summary>DeepFace's one crop for all models.</summary>
    DeepFace,
}
