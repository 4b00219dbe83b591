using FaceAspire.Contracts.Responses;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Folders;

namespace FaceAspire.Recognition.Galleries;

/// <summary>What the store knows, as the API tells it.</summary>
internal static class GalleryAnswers
{
    /// <summary>A gallery.</summary>
    public static GalleryDetails ToDetails(this GalleryEntry entry) => new(entry.Name, entry.Subjects, entry.Faces, [.. entry.Spaces.Select(ToDetails)], entry.CreatedAt);

    /// <summary>A subject.</summary>
    public static SubjectDetails ToDetails(this SubjectEntry entry) => new(entry.Name, entry.Faces, entry.Metadata, entry.CreatedAt);

    /// <summary>A face.</summary>
    public static FaceDetails ToDetails(this EnrolledFace face) =>
        new(face.Id, face.Subject, face.ContentHash, face.FaceIndex, face.Area, face.Confidence, face.Source, face.HasThumbnail, face.EnrolledAt);

    /// <summary>A folder.</summary>
    public static FolderDetails ToDetails(this FolderSyncProgress progress, IReadOnlyList<FolderProblem> problems) => new(
        progress.IsRunning, progress.Files, progress.ToRead, progress.Read, progress.Enrolled, progress.Removed, progress.FinishedAt, progress.Error, progress.Problems, problems);

    private static SpaceDetails ToDetails(GallerySpace space) => new(
        space.Space.Key,
        space.Space.Model,
        space.Space.ModelVersion,
        space.Space.Dimension,
        space.Space.Detector,
        space.Space.Alignment,
        space.Space.Normalization,
        space.Space.Align,
        space.Space.ExpandPercentage,
        space.Faces,
        space.IsComplete,
        space.IsActive);
}
