using System.Globalization;
using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>The tables of the database, and how those of older versions become them.</summary>
internal static class GallerySchema
{
    // "FaAs", so that another program's database is not taken for a gallery's.
    private const int ApplicationId = 0x46614173;

    /// <summary>Step n makes version n + 1 of version n. A step that was published is never changed.</summary>
    /// <remarks>Counts are kept by triggers, so that no figure costs a scan. The triggers of <c>embeddings</c> note emptied rows under the space's change, which whoever
    /// deletes has raised before.</remarks>
    internal static IReadOnlyList<string> Steps { get; } =
    [
        """
        CREATE TABLE galleries (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            name TEXT NOT NULL UNIQUE,
            created_at INTEGER NOT NULL,
            subjects INTEGER NOT NULL DEFAULT 0,
            faces INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE TABLE spaces (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            gallery INTEGER NOT NULL REFERENCES galleries ON DELETE CASCADE,
            model TEXT NOT NULL,
            model_version TEXT NOT NULL,
            dimension INTEGER NOT NULL,
            detector TEXT NOT NULL,
            alignment TEXT NOT NULL,
            normalization TEXT NOT NULL,
            align INTEGER NOT NULL,
            expand_percentage INTEGER NOT NULL,
            is_complete INTEGER NOT NULL,
            is_active INTEGER NOT NULL,
            segment TEXT NOT NULL,
            next_row INTEGER NOT NULL DEFAULT 0,
            change INTEGER NOT NULL DEFAULT 0,
            faces INTEGER NOT NULL DEFAULT 0,
            UNIQUE (gallery, model, model_version, dimension, detector, alignment, normalization, align, expand_percentage)
        ) STRICT;
        CREATE UNIQUE INDEX spaces_active ON spaces (gallery) WHERE is_active;

        CREATE TABLE subjects (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            gallery INTEGER NOT NULL REFERENCES galleries ON DELETE CASCADE,
            name TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            faces INTEGER NOT NULL DEFAULT 0,
            UNIQUE (gallery, name)
        ) STRICT;

        CREATE TABLE metadata (
            subject INTEGER NOT NULL REFERENCES subjects ON DELETE CASCADE,
            name TEXT NOT NULL,
            value TEXT NOT NULL,
            PRIMARY KEY (subject, name)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX metadata_by_value ON metadata (name, value);

        CREATE TABLE faces (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            gallery INTEGER NOT NULL REFERENCES galleries ON DELETE CASCADE,
            subject INTEGER NOT NULL REFERENCES subjects ON DELETE CASCADE,
            content_hash BLOB NOT NULL,
            face_index INTEGER NOT NULL,
            x INTEGER, y INTEGER, w INTEGER, h INTEGER,
            left_eye_x INTEGER, left_eye_y INTEGER, right_eye_x INTEGER, right_eye_y INTEGER,
            confidence REAL NOT NULL,
            source TEXT,
            enrolled_at INTEGER NOT NULL,
            UNIQUE (subject, content_hash, face_index)
        ) STRICT;
        CREATE INDEX faces_by_gallery ON faces (gallery);
        CREATE INDEX faces_by_subject ON faces (subject);
        CREATE INDEX faces_by_content ON faces (gallery, content_hash);

        CREATE TABLE thumbnails (
            face INTEGER PRIMARY KEY REFERENCES faces ON DELETE CASCADE,
            jpeg BLOB NOT NULL
        ) STRICT;

        CREATE TABLE embeddings (
            id INTEGER PRIMARY KEY,
            face INTEGER NOT NULL REFERENCES faces ON DELETE CASCADE,
            space INTEGER NOT NULL REFERENCES spaces ON DELETE CASCADE,
            row INTEGER NOT NULL,
            change INTEGER NOT NULL,
            vector BLOB NOT NULL,
            UNIQUE (face, space),
            UNIQUE (space, row)
        ) STRICT;
        CREATE INDEX embeddings_by_change ON embeddings (space, change);

        CREATE TABLE removed_rows (
            space INTEGER NOT NULL REFERENCES spaces ON DELETE CASCADE,
            row INTEGER NOT NULL,
            change INTEGER NOT NULL,
            PRIMARY KEY (space, row)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE files (
            gallery INTEGER NOT NULL REFERENCES galleries ON DELETE CASCADE,
            path TEXT NOT NULL,
            size INTEGER NOT NULL,
            modified_at INTEGER NOT NULL,
            content_hash TEXT,
            faces INTEGER NOT NULL,
            problem TEXT,
            space_key TEXT NOT NULL,
            PRIMARY KEY (gallery, path)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE notes (
            name TEXT PRIMARY KEY,
            text TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;

        CREATE TRIGGER subject_added AFTER INSERT ON subjects BEGIN
            UPDATE galleries SET subjects = subjects + 1 WHERE id = NEW.gallery;
        END;
        CREATE TRIGGER subject_removed AFTER DELETE ON subjects BEGIN
            UPDATE galleries SET subjects = subjects - 1 WHERE id = OLD.gallery;
        END;
        CREATE TRIGGER face_added AFTER INSERT ON faces BEGIN
            UPDATE galleries SET faces = faces + 1 WHERE id = NEW.gallery;
            UPDATE subjects SET faces = faces + 1 WHERE id = NEW.subject;
        END;
        CREATE TRIGGER face_moved AFTER UPDATE OF subject ON faces BEGIN
            UPDATE subjects SET faces = faces - 1 WHERE id = OLD.subject;
            UPDATE subjects SET faces = faces + 1 WHERE id = NEW.subject;
        END;
        CREATE TRIGGER face_removed AFTER DELETE ON faces BEGIN
            UPDATE galleries SET faces = faces - 1 WHERE id = OLD.gallery;
            UPDATE subjects SET faces = faces - 1 WHERE id = OLD.subject;
        END;
        CREATE TRIGGER embedding_added AFTER INSERT ON embeddings BEGIN
            UPDATE spaces SET faces = faces + 1 WHERE id = NEW.space;
        END;
        CREATE TRIGGER embedding_removed AFTER DELETE ON embeddings BEGIN
            UPDATE spaces SET faces = faces - 1 WHERE id = OLD.space;
            INSERT INTO removed_rows SELECT OLD.space, OLD.row, change FROM spaces WHERE id = OLD.space;
        END;
        """,
    ];

    /// <summary>Makes the tables, or brings them up to date.</summary>
    /// <param name="session">The connection that writes.</param>
    /// <param name="steps">The steps, <see cref="Steps"/> but for tests.</param>
    /// <exception cref="FaceAspireException">The database is newer than this program, or another program's.</exception>
    public static void Upgrade(SqliteSession session, IReadOnlyList<string> steps)
    {
        long version = session.Number("PRAGMA user_version") ?? 0;
        long application = session.Number("PRAGMA application_id") ?? 0;
        long tables = session.Number("SELECT COUNT(*) FROM sqlite_schema") ?? 0;
        if (tables > 0 && application != ApplicationId)
        {
            throw new FaceAspireException(ErrorCode.ServiceUnavailable, "The galleries' database belongs to another program. Set DATA_DIR to a folder of its own.");
        }

        if (version > steps.Count)
        {
            throw new FaceAspireException(
                ErrorCode.ServiceUnavailable,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The galleries' database has version {version}; this program knows versions up to {steps.Count}. Run the newer program, or set DATA_DIR to another folder."));
        }

        for (int step = (int)version; step < steps.Count; step++)
        {
            session.InTransaction(
                "BEGIN IMMEDIATE",
                () =>
                {
                    session.ExecuteScript(steps[step]);
                    session.ExecuteScript(string.Create(CultureInfo.InvariantCulture, $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {step + 1};"));
                    return step;
                });
        }
    }
}
