using FaceAspire.Contracts.Requests;

namespace FaceAspire.Contracts.Errors;

/// <summary>The failure of every route that needs a face and was given a picture without one.</summary>
public static class NoFace
{
    /// <summary>Says which picture, and what the caller can do.</summary>
    public static FaceAspireException In(ImageInput image) => new(
        ErrorCode.NoFaceDetected,
        $"{image.Field}: no face was detected. Send enforce_detection=false to take the whole picture for a face.");
}
