using System.Text.Json.Serialization;

namespace FaceAspire.Contracts.Responses;

/// <summary>Answer of <c>GET /api/v1/galleries</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Count">Number of galleries.</param>
/// <param name="Galleries">All of them, by name.</param>
public sealed record GalleriesResponse(bool Success, int Count, IReadOnlyList<GalleryDetails> Galleries);

/// <summary>Answer of <c>GET</c> and <c>PUT /api/v1/galleries/{gallery}</c>.</summary>
/// <param name="Success">Always true.</param>
/// <param name="Gallery">The gallery.</param>
public sealed record GalleryResponse(bool Success, GalleryDetails Gallery);

/// <summary>A gallery in figures.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Subjects">How many subjects it holds.</param>
/// <param name="Faces">How many faces.</param>
/// <param name="Spaces">What its faces have embeddings of, the one that is searched first; empty before the first face.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Folder">How far it is in line with its folder; only where it has one, and only where one gallery was asked for.</param>
public sealed record GalleryDetails(
    string Name,
    int Subjects,
    int Faces,
    IReadOnlyList<SpaceDetails> Spaces,
    DateTimeOffset CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FolderDetails? Folder = null);

/// <summary>How far a gallery is in line with its folder of pictures.</summary>
/// <param name="Running">Whether it is being worked on.</param>
/// <param name="Files">Files of the folder.</param>
/// <param name="ToRead">How many of them were new or changed the last time.</param>
/// <param name="Read">How many of those have been read.</param>
/// <param name="FacesEnrolled">Faces that came the last time.</param>
/// <param name="FacesRemoved">Faces that went the last time.</param>
/// <param name="FinishedAt">When it was last in line; null before the first time.</param>
/// <param name="Error">Why it could not be brought in line; null when it could.</param>
/// <param name="ProblemCount">Pictures without a face, or that cannot be read.</param>
/// <param name="Problems">The first hundred of them, by path.</param>
public sealed record FolderDetails(
    bool Running,
    int Files,
    int ToRead,
    int Read,
    int FacesEnrolled,
    int FacesRemoved,
    DateTimeOffset? FinishedAt,
    string? Error,
    int ProblemCount,
    IReadOnlyList<FolderProblem> Problems);

/// <summary>A picture of the folder that gave no face.</summary>
/// <param name="Path">Relative to the folder.</param>
/// <param name="Message">Why.</param>
public sealed record FolderProblem(string Path, string Message);

/// <summary>Embeddings that may be compared with each other.</summary>
/// <param name="Key">The same in one word, for <c>DELETE …/spaces/{key}</c>.</param>
/// <param name="Model">The recogniser.</param>
/// <param name="ModelVersion">First 12 hex digits of the SHA-256 of its file.</param>
/// <param name="Dimension">Numbers in an embedding.</param>
/// <param name="DetectorBackend">The detector.</param>
/// <param name="Alignment"><c>native</c> or <c>deepface</c>.</param>
/// <param name="Normalization">What is done to the input's values.</param>
/// <param name="Align">Whether faces are rotated upright.</param>
/// <param name="ExpandPercentage">By how much the box grows, in percent of its sides.</param>
/// <param name="Faces">How many faces have one.</param>
/// <param name="Complete">Whether all faces have one that can: only then it is searched.</param>
/// <param name="Active">Whether requests that name no model get it.</param>
public sealed record SpaceDetails(
    string Key,
    string Model,
    string ModelVersion,
    int Dimension,
    string DetectorBackend,
    string Alignment,
    string Normalization,
    bool Align,
    int ExpandPercentage,
    int Faces,
    bool Complete,
    bool Active);

/// <summary>Answer of <c>DELETE</c> of a gallery, a space, a subject or a face.</summary>
/// <param name="Success">Always true.</param>
/// <param name="FacesDeleted">How many faces went.</param>
public sealed record DeletedResponse(bool Success, int FacesDeleted);
