namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>POST /api/v1/represent</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Count">Number of faces.</param>
/// <param name="Model">The recogniser used.</param>
/// <param name="ModelVersion">First 12 hex digits of the SHA-256 of its file: embeddings of different versions must not be compared.</param>
/// <param name="Dimension">Numbers in an embedding.</param>
/// <param name="Alignment">The alignment used, <c>native</c> or <c>deepface</c>.</param>
/// <param name="Result">One entry per face.</param>
public sealed record RepresentResponse(
    bool Success,
    int Count,
    string Model,
    string ModelVersion,
    int Dimension,
    string Alignment,
    IReadOnlyList<RepresentedFace> Result);

/// <summary>One face as a vector.</summary>
/// <param name="Embedding">The vector, as the network gives it.</param>
/// <param name="FacialArea">Where the face is.</param>
/// <param name="FaceConfidence">The detector's score, 0 to 1; 0 when nothing was detected.</param>
public sealed record RepresentedFace(ReadOnlyMemory<float> Embedding, FacialArea FacialArea, double FaceConfidence) : DescribedFace;
