namespace FaceAspire.Contracts.Names;

/// <summary>What <c>include</c> may ask of every face besides.</summary>
public enum FaceDetail
{
    /// <summary>How good the face's picture is.</summary>
    Quality,

    /// <summary>Where the head is turned.</summary>
    Pose,

    /// <summary>The five points.</summary>
    Landmarks,
}
