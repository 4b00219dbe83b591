namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>GET /api/v1/galleries/{gallery}/subjects</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Count">Number of subjects in this answer.</param>
/// <param name="Subjects">The subjects, by name.</param>
/// <param name="Next">What to send as <c>after</c> for the rest; null when there is none.</param>
public sealed record SubjectsResponse(bool Success, int Count, IReadOnlyList<SubjectDetails> Subjects, string? Next);

/// <summary>Answer of <c>GET</c> and <c>PATCH /api/v1/galleries/{gallery}/subjects/{subject}</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Subject">The subject.</param>
public sealed record SubjectResponse(bool Success, SubjectDetails Subject);

/// <summary>A person of a gallery.</summary>
/// <param name="Name">The name.</param>
/// <param name="Faces">How many faces of this person are kept.</param>
/// <param name="Metadata">What else is known.</param>
/// <param name="CreatedAt">When the first face came.</param>
public sealed record SubjectDetails(string Name, int Faces, IReadOnlyDictionary<string, string> Metadata, DateTimeOffset CreatedAt);

/// <summary>Answer of <c>GET /api/v1/galleries/{gallery}/subjects/{subject}/faces</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Count">Number of faces in this answer.</param>
/// <param name="Faces">The faces, by id.</param>
/// <param name="Next">What to send as <c>after</c> for the rest; null when there is none.</param>
public sealed record FacesResponse(bool Success, int Count, IReadOnlyList<FaceDetails> Faces, long? Next);

/// <summary>Answer of <c>GET /api/v1/galleries/{gallery}/faces/{face}</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Face">The face.</param>
public sealed record FaceResponse(bool Success, FaceDetails Face);

/// <summary>A face of a gallery.</summary>
/// <param name="FaceId">Its id.</param>
/// <param name="Subject">Who it is.</param>
/// <param name="Hash">SHA-256 of its picture.</param>
/// <param name="FaceIndex">Which face of the picture, from 0.</param>
/// <param name="FacialArea">Where it is in the picture.</param>
/// <param name="FaceConfidence">The detector's score, 0 to 1.</param>
/// <param name="Source">The picture's file, relative to the gallery's folder; null for one that was sent.</param>
/// <param name="HasThumbnail">Whether a thumbnail is kept.</param>
/// <param name="EnrolledAt">When it came.</param>
public sealed record FaceDetails(
    long FaceId, string Subject, string Hash, int FaceIndex, FacialArea FacialArea, double FaceConfidence, string? Source, bool HasThumbnail, DateTimeOffset EnrolledAt);
