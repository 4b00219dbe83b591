namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/verify</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Verified">Whether <paramref name="Distance"/> is at most <paramref name="Threshold"/>.</param>
/// <param name="Distance">Distance of the closest pair of faces, rounded to six decimals as in DeepFace.</param>
/// <param name="Threshold">The threshold used.</param>
/// <param name="Confidence">0 to 100; at least 51 when verified, at most 49 when not.</param>
/// <param name="Model">The recogniser used.</param>
/// <param name="DetectorBackend">The detector used.</param>
/// <param name="SimilarityMetric">The metric used.</param>
/// <param name="Alignment">The alignment used, <c>native</c> or <c>deepface</c>.</param>
/// <param name="FacialAreas">Where the two faces of the closest pair are.</param>
/// <param name="Time">Seconds that the answer took.</param>
public sealed record VerifyResponse(
    bool Success,
    bool Verified,
    double Distance,
    double Threshold,
    double Confidence,
    string Model,
    string DetectorBackend,
    string SimilarityMetric,
    string Alignment,
    FacialAreaPair FacialAreas,
    double Time);

/// <summary>The faces that were compared.</summary>
/// <param name="Img1">In the first picture.</param>
/// <param name="Img2">In the second picture.</param>
public sealed record FacialAreaPair(FacialArea Img1, FacialArea Img2);
