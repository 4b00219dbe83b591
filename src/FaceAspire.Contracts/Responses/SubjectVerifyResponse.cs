namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/galleries/{gallery}/subjects/{subject}/verify</c>: that of verify, and the face that was nearest.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Verified">Whether <paramref name="Distance"/> is at most <paramref name="Threshold"/>.</param>
/// <param name="Distance">Distance of the closest pair of a face of the picture and one of the subject, rounded to six decimals.</param>
/// <param name="Threshold">The threshold used.</param>
/// <param name="Confidence">0 to 100; at least 51 when verified, at most 49 when not.</param>
/// <param name="Model">The recogniser used.</param>
/// <param name="DetectorBackend">The detector used.</param>
/// <param name="SimilarityMetric">The metric used.</param>
/// <param name="Alignment">The alignment used, <c>native</c> or <c>deepface</c>.</param>
/// <param name="FacialAreas">Where the two faces of the closest pair are: in the picture, and in that which was enrolled.</param>
/// <param name="Subject">Who it was compared with.</param>
/// <param name="FaceId">The subject's face of the closest pair.</param>
/// <param name="Time">Seconds that the answer took.</param>
public sealed record SubjectVerifyResponse(
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
    string Subject,
    long FaceId,
    double Time);
