using Microsoft.Data.Sqlite;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>Spaces between the database and <see cref="EmbeddingSpace"/>.</summary>
internal static class SpaceRows
{
    /// <summary>The spaces of a gallery, the active one first, then by age.</summary>
    public static List<GallerySpace> List(SqliteSession session, long gallery) => session.Query(
        """
        SELECT model, model_version, dimension, detector, alignment, normalization, align, expand_percentage, faces, is_complete, is_active
        FROM spaces WHERE gallery = $gallery ORDER BY is_active DESC, id
        """,
        static row => new GallerySpace(Read(row), row.GetInt32(8), row.GetBoolean(9), row.GetBoolean(10)),
        ("$gallery", gallery));

    /// <summary>The id of a space; null when the gallery does not have it.</summary>
    public static long? Find(SqliteSession session, long gallery, EmbeddingSpace space) => session.Number(
        """
        SELECT id FROM spaces
        WHERE gallery = $gallery AND model = $model AND model_version = $model_version AND dimension = $dimension AND detector = $detector
            AND alignment = $alignment AND normalization = $normalization AND align = $align AND expand_percentage = $expand_percentage
        """,
        [("$gallery", gallery), .. Values(space)]);

    /// <summary>Begins a space.</summary>
    /// <param name="session">The database.</param>
    /// <param name="gallery">Its gallery.</param>
    /// <param name="space">What it is.</param>
    /// <param name="isActive">Whether it is complete and the one that is searched.</param>
    /// <param name="segment">Name of its index's file.</param>
    /// <returns>Its id.</returns>
    public static long Insert(SqliteSession session, long gallery, EmbeddingSpace space, bool isActive, string segment) => session.Number(
        """
        INSERT INTO spaces (gallery, model, model_version, dimension, detector, alignment, normalization, align, expand_percentage, is_complete, is_active, segment)
        VALUES ($gallery, $model, $model_version, $dimension, $detector, $alignment, $normalization, $align, $expand_percentage, $is_active, $is_active, $segment)
        RETURNING id
        """,
        [("$gallery", gallery), .. Values(space), ("$is_active", isActive), ("$segment", segment)])!.Value;

    private static (string Name, object? Value)[] Values(EmbeddingSpace space) =>
    [
        ("$model", space.Model),
        ("$model_version", space.ModelVersion),
        ("$dimension", space.Dimension),
        ("$detector", space.Detector),
        ("$alignment", space.Alignment),
        ("$normalization", space.Normalization),
        ("$align", space.Align),
        ("$expand_percentage", space.ExpandPercentage),
    ];

    private static EmbeddingSpace Read(SqliteDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetInt32(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetBoolean(6), row.GetInt32(7));
}
