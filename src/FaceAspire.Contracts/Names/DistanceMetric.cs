namespace FaceAspire.Contracts.Names;

/// <summary>How far two embeddings are apart. Smaller is closer for all of them.</summary>
public enum DistanceMetric
{
    /// <summary>1 − cosine of the angle, 0 to 2.</summary>
    Cosine,

    /// <summary>Length of the difference.</summary>
    Euclidean,

    /// <summary>Length of the difference of the two unit vectors, 0 to 2.</summary>
    EuclideanL2,

    /// <summary>The angle as a part of a half turn, 0 to 1.</summary>
    Angular,
}
