using System.Text.Json;
using FaceAspire.Contracts.Responses;
using Microsoft.Data.Sqlite;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>Faces, subjects and files between the database and their records.</summary>
internal static class FaceRows
{
    /// <summary>Beginning of every query of faces: what <see cref="Read"/> reads, then the subject's id.</summary>
    public const string Select =
        """
        SELECT f.id, s.name, f.content_hash, f.face_index, f.x, f.y, f.w, f.h, f.left_eye_x, f.left_eye_y, f.right_eye_x, f.right_eye_y, f.confidence, f.source,
            EXISTS (SELECT 1 FROM thumbnails t WHERE t.face = f.id), f.enrolled_at, f.subject
        FROM faces f JOIN subjects s ON s.id = f.subject

        """;

    /// <summary>Beginning of every query of subjects.</summary>
    public const string SelectSubject =
        """
        SELECT s.name, s.faces, (SELECT json_group_object(m.name, m.value) FROM metadata m WHERE m.subject = s.id), s.created_at
        FROM subjects s

        """;

    /// <summary>The column of the subject's id behind those of <see cref="Read"/>.</summary>
    public const int SubjectColumn = 16;

    /// <summary>A row of <see cref="Select"/>.</summary>
    public static EnrolledFace Read(SqliteDataReader row) => new(
        row.GetInt64(0),
        row.GetString(1),
        Convert.ToHexStringLower(row.GetFieldValue<byte[]>(2)),
        row.GetInt32(3),
        new FacialArea(Number(row, 4), Number(row, 5), Number(row, 6), Number(row, 7), Point(row, 8), Point(row, 10)),
        row.GetDouble(12),
        row.IsDBNull(13) ? null : row.GetString(13),
        row.GetBoolean(14),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(15)));

    /// <summary>A row of <see cref="SelectSubject"/>.</summary>
    public static SubjectEntry ReadSubject(SqliteDataReader row) => new(
        row.GetString(0), row.GetInt32(1), ReadMetadata(row.GetString(2)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)));

    /// <summary>A row of <c>files</c> without its gallery.</summary>
    public static FolderFile ReadFile(SqliteDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero),
        row.IsDBNull(3) ? null : row.GetString(3),
        row.GetInt32(4),
        row.IsDBNull(5) ? null : row.GetString(5),
        row.GetString(6));

    /// <summary>Adds a face; its id.</summary>
    public static long Insert(SqliteSession session, long gallery, long subject, byte[] contentHash, FaceEnrolment face, long now)
    {
        var area = face.Area;
        return session.Number(
            """
            INSERT INTO faces (gallery, subject, content_hash, face_index, x, y, w, h, left_eye_x, left_eye_y, right_eye_x, right_eye_y, confidence, source, enrolled_at)
            VALUES ($gallery, $subject, $content_hash, $face_index, $x, $y, $w, $h, $left_eye_x, $left_eye_y, $right_eye_x, $right_eye_y, $confidence, $source, $enrolled_at)
            RETURNING id
            """,
            ("$gallery", gallery),
            ("$subject", subject),
            ("$content_hash", contentHash),
            ("$face_index", face.FaceIndex),
            ("$x", area.X),
            ("$y", area.Y),
            ("$w", area.W),
            ("$h", area.H),
            ("$left_eye_x", area.LeftEye?[0]),
            ("$left_eye_y", area.LeftEye?[1]),
            ("$right_eye_x", area.RightEye?[0]),
            ("$right_eye_y", area.RightEye?[1]),
            ("$confidence", face.Confidence),
            ("$source", face.Source),
            ("$enrolled_at", now))!.Value;
    }

    private static int? Number(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt32(column);

    private static int[]? Point(SqliteDataReader row, int column) => row.IsDBNull(column) ? null : [row.GetInt32(column), row.GetInt32(column + 1)];

    private static Dictionary<string, string> ReadMetadata(string json)
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            metadata[property.Name] = property.Value.GetString()!;
        }

        return metadata;
    }
}
