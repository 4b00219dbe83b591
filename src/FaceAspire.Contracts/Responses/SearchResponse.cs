namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/galleries/{gallery}/search</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="FacesQueried">Number of faces of the picture.</param>
/// <param name="Model">The recogniser used.</param>
/// <param name="DetectorBackend">The detector used.</param>
/// <param name="SimilarityMetric">The metric used.</param>
/// <param name="Alignment">The alignment used, <c>native</c> or <c>deepface</c>.</param>
/// <param name="Threshold">The threshold used.</param>
/// <param name="Result">One entry for each face of the picture, in the detector's order.</param>
public sealed record SearchResponse(
    bool Success,
    int FacesQueried,
    string Model,
    string DetectorBackend,
    string SimilarityMetric,
    string Alignment,
    double Threshold,
    IReadOnlyList<SearchedFace> Result);

/// <summary>A face of the picture, and who it may be.</summary>
/// <param name="FacialArea">Where it is; all null for an embedding.</param>
/// <param name="FaceConfidence">The detector's score, 0 to 1; 0 when nothing was detected.</param>
/// <param name="Subjects">Subjects within the threshold, nearest first, each with its nearest face.</param>
public sealed record SearchedFace(FacialArea FacialArea, double FaceConfidence, IReadOnlyList<FoundSubject> Subjects);

/// <summary>A subject that is near enough.</summary>
/// <param name="Subject">Its name.</param>
/// <param name="Distance">Distance of its nearest face.</param>
/// <param name="Confidence">0 to 100; at least 51 within the model's own threshold, at most 49 beyond it.</param>
/// <param name="FaceId">Its nearest face.</param>
public sealed record FoundSubject(string Subject, double Distance, double Confidence, long FaceId);
