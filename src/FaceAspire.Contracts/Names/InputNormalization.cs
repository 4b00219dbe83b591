namespace FaceAspire.Contracts.Names;

/// <summary>DeepFace's <c>normalization</c>: what is done to the crop's values before they reach the network.</summary>
public enum InputNormalization
{
    /// <summary>The model's own preprocessing.</summary>
    Base,

    /// <summary>0..255.</summary>
    Raw,

    /// <summary>Zero mean and unit deviation over the whole crop.</summary>
    Facenet,

    /// <summary>−1..1.</summary>
    Facenet2018,

    /// <summary>0..255 minus the channel means of VGG-Face's training set.</summary>
    VggFace,

    /// <summary>0..255 minus the channel means of VGGFace2.</summary>
    VggFace2,

    /// <summary>(v − 127.5) / 128.</summary>
    ArcFace,
}
