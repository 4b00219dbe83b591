namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/find</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="FacesQueried">Number of faces of the picture.</param>
/// <param name="Model">The recogniser used.</param>
/// <param name="DetectorBackend">The detector used.</param>
/// <param name="SimilarityMetric">The metric used.</param>
/// <param name="Alignment">The alignment used, <c>native</c> or <c>deepface</c>.</param>
/// <param name="Result">One list for each face of the picture, in the detector's order: the faces within the threshold, nearest first.</param>
public sealed record FindResponse(
    bool Success,
    int FacesQueried,
    string Model,
    string DetectorBackend,
    string SimilarityMetric,
    string Alignment,
    IReadOnlyList<IReadOnlyList<FoundFace>> Result);

/// <summary>A face of the gallery that is near enough.</summary>
/// <param name="Identity">Path of its file, of a face of the folder; else <c>subject/face_id</c>.</param>
/// <param name="Distance">Distance to the picture's face, rounded to six decimals.</param>
/// <param name="Threshold">The threshold used.</param>
/// <param name="Confidence">0 to 100; at least 51 within the model's own threshold, at most 49 beyond it.</param>
/// <param name="Hash">SHA-256 of the enrolled picture.</param>
/// <param name="TargetX">Left edge of the enrolled face in its picture; null, as the next three, where an embedding was enrolled.</param>
/// <param name="TargetY">Upper edge.</param>
/// <param name="TargetW">Width.</param>
/// <param name="TargetH">Height.</param>
/// <param name="SourceX">Left edge of the face in the request's picture.</param>
/// <param name="SourceY">Upper edge.</param>
/// <param name="SourceW">Width.</param>
/// <param name="SourceH">Height.</param>
/// <param name="Subject">Who it is.</param>
/// <param name="FaceId">The enrolled face.</param>
public sealed record FoundFace(
    string Identity,
    double Distance,
    double Threshold,
    double Confidence,
    string Hash,
    int? TargetX,
    int? TargetY,
    int? TargetW,
    int? TargetH,
    int? SourceX,
    int? SourceY,
    int? SourceW,
    int? SourceH,
    string Subject,
    long FaceId);
