using System.Runtime.CompilerServices;
using FaceAspire.Contracts.Errors;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using Microsoft.Extensions.Logging;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>Galleries in one folder of this machine, for one process: an SQLite database, and files of vectors that are searched exactly.</summary>
/// <remarks>The folder is opened by the first use, or by <see cref="Open()"/>. While that fails, every member says why and the next use tries again.</remarks>
public sealed class SqliteFaceGallery : IFaceGallery, IDisposable
{
    private const int PageOfFaces = 256;
    private const int PageOfFiles = 1_000;
    private const int HashBytes = 32;

    private readonly string? _folder;
    private readonly ILogger<SqliteFaceGallery> _logger;
    private readonly TimeProvider _time;
    private readonly Lock _opening = new();
    private SqliteStore? _store;
    private bool _isDisposed;

    /// <summary>Notes the folder; it is opened later.</summary>
    /// <param name="folder">Made, for the user only, when it is absent; null where there is none, which every use tells.</param>
    /// <param name="logger">Hears of repairs.</param>
    /// <param name="time">The clock.</param>
    public SqliteFaceGallery(string? folder, ILogger<SqliteFaceGallery> logger, TimeProvider time) => (_folder, _logger, _time) = (folder, logger, time);

    /// <summary>The galleries of a folder, opened.</summary>
    /// <exception cref="FaceAspireException"><c>service_unavailable</c>: another process has the folder, it cannot be read or written, or it is of a newer version.</exception>
    public static SqliteFaceGallery Open(string folder, ILogger<SqliteFaceGallery> logger, TimeProvider time)
    {
        SqliteFaceGallery gallery = new(folder, logger, time);
        gallery.Open();
        return gallery;
    }

    /// <summary>Opens the folder unless it is open.</summary>
    /// <exception cref="FaceAspireException"><c>service_unavailable</c>: another process has the folder, it cannot be read or written, or it is of a newer version.</exception>
    public void Open() => Opened();

    /// <inheritdoc/>
    public Task<IReadOnlyList<GalleryEntry>> ListGalleriesAsync(CancellationToken cancellationToken) => Opened().ReadAsync<IReadOnlyList<GalleryEntry>>(
        session =>
        {
            var galleries = session.Query(
                "SELECT id, name, subjects, faces, created_at FROM galleries ORDER BY name",
                static row => (Id: row.GetInt64(0), Entry: ReadGallery(row)));
            return [.. galleries.Select(gallery => gallery.Entry with { Spaces = SpaceRows.List(session, gallery.Id) })];
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<GalleryEntry?> FindGalleryAsync(string gallery, CancellationToken cancellationToken) => Opened().ReadAsync(
        session =>
        {
            var found = session.Query(
                "SELECT id, name, subjects, faces, created_at FROM galleries WHERE name = $name",
                static row => (Id: row.GetInt64(0), Entry: ReadGallery(row)),
                ("$name", gallery));
            return found is [var (id, entry)] ? entry with { Spaces = SpaceRows.List(session, id) } : null;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<string?> ReadNoteAsync(string name, CancellationToken cancellationToken) => Opened().ReadAsync(
        session => session.Query("SELECT text FROM notes WHERE name = $name", static row => row.GetString(0), ("$name", name)).FirstOrDefault(), cancellationToken);

    /// <inheritdoc/>
    public Task WriteNoteAsync(string name, string text, CancellationToken cancellationToken) => Opened().WriteAsync(
        change => change.Session.Execute("INSERT INTO notes (name, text) VALUES ($name, $text) ON CONFLICT (name) DO UPDATE SET text = excluded.text", ("$name", name), ("$text", text)),
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> CreateGalleryAsync(string gallery, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            bool isNew = IdOf(change.Session, gallery) is null;
            RequireGallery(change, gallery);
            return isNew;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteGalleryAsync(string gallery, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id)
            {
                return false;
            }

            DropSpaces(change, id);
            change.Erases = true;
            change.Session.Execute("DELETE FROM galleries WHERE id = $id", ("$id", id));
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<SubjectEntry>> ListSubjectsAsync(string gallery, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return Opened().ReadAsync<IReadOnlyList<SubjectEntry>>(
            session => IdOf(session, gallery) is not { } id
                ? []
                : session.Query(
                    FaceRows.SelectSubject + "WHERE s.gallery = $gallery AND s.name > $after ORDER BY s.name LIMIT $limit",
                    FaceRows.ReadSubject,
                    ("$gallery", id),
                    ("$after", after ?? ""), // no name is empty
                    ("$limit", limit)),
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<SubjectEntry?> FindSubjectAsync(string gallery, string subject, CancellationToken cancellationToken) => Opened().ReadAsync(
        session => IdOf(session, gallery) is { } id && SubjectOf(session, id, subject) is { } found ? ReadSubject(session, found) : null, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> SetMetadataAsync(string gallery, string subject, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id || SubjectOf(change.Session, id, subject) is not { } found)
            {
                return false;
            }

            change.Erases |= change.Session.Execute("DELETE FROM metadata WHERE subject = $subject", ("$subject", found)) > 0;
            foreach (var (name, value) in metadata)
            {
                change.Session.Execute("INSERT INTO metadata (subject, name, value) VALUES ($subject, $name, $value)", ("$subject", found), ("$name", name), ("$value", value));
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<SubjectEntry?> MoveSubjectAsync(string gallery, string subject, string newName, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id || SubjectOf(change.Session, id, subject) is not { } from)
            {
                return null;
            }

            if (SubjectOf(change.Session, id, newName) is not { } to)
            {
                change.Erases = true; // the old name
                change.Session.Execute("UPDATE subjects SET name = $name WHERE id = $subject", ("$name", newName), ("$subject", from));
                return ReadSubject(change.Session, from);
            }

            if (from != to)
            {
                Merge(change, from, to);
            }

            return ReadSubject(change.Session, to);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteSubjectAsync(string gallery, string subject, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id || SubjectOf(change.Session, id, subject) is not { } found)
            {
                return false;
            }

            foreach (long face in FacesOf(change.Session, found))
            {
                change.Remove(face);
            }

            RemoveIfEmpty(change, id, found);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EnrolledFace>> ListFacesAsync(string gallery, string? subject, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return Opened().ReadAsync<IReadOnlyList<EnrolledFace>>(
            session =>
            {
                if (IdOf(session, gallery) is not { } id)
                {
                    return [];
                }

                if (subject is null)
                {
                    return session.Query(
                        FaceRows.Select + "WHERE f.gallery = $gallery AND f.id > $after ORDER BY f.id LIMIT $limit",
                        FaceRows.Read,
                        ("$gallery", id),
                        ("$after", after),
                        ("$limit", limit));
                }

                return SubjectOf(session, id, subject) is not { } found
                    ? []
                    : session.Query(
                        FaceRows.Select + "WHERE f.subject = $subject AND f.id > $after ORDER BY f.id LIMIT $limit",
                        FaceRows.Read,
                        ("$subject", found),
                        ("$after", after),
                        ("$limit", limit));
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<EnrolledFace?> FindFaceAsync(string gallery, long face, CancellationToken cancellationToken) => Opened().ReadAsync(
        session => IdOf(session, gallery) is { } id ? ReadFace(session, id, face) : null, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<EnrolledFace>> FindFacesOfAsync(string gallery, string contentHash, CancellationToken cancellationToken) =>
        Opened().ReadAsync<IReadOnlyList<EnrolledFace>>(
            session => IdOf(session, gallery) is { } id && TryReadHash(contentHash) is { } hash
                ? session.Query(FaceRows.Select + "WHERE f.gallery = $gallery AND f.content_hash = $hash ORDER BY f.id", FaceRows.Read, ("$gallery", id), ("$hash", hash))
                : [],
            cancellationToken);

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>?> ReadThumbnailAsync(string gallery, long face, CancellationToken cancellationToken) => Opened().ReadAsync(
        session => IdOf(session, gallery) is { } id
            && session.Query(
                "SELECT t.jpeg FROM thumbnails t JOIN faces f ON f.id = t.face WHERE f.gallery = $gallery AND f.id = $face",
                static row => row.GetFieldValue<byte[]>(0),
                ("$gallery", id),
                ("$face", face)) is [var jpeg]
            ? jpeg
            : (ReadOnlyMemory<byte>?)null,
        cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A face has no embedding, two of one space, one of another dimension than its space, or a content hash that is none.</exception>
    public Task<IReadOnlyList<EnrolResult>> EnrolAsync(string gallery, IReadOnlyList<FaceEnrolment> faces, CancellationToken cancellationToken)
    {
        byte[][] hashes = [.. faces.Select(RequireValid)];
        return Opened().WriteAsync<IReadOnlyList<EnrolResult>>(
            change =>
            {
                long id = RequireGallery(change, gallery);
                Dictionary<string, long> subjects = new(StringComparer.Ordinal);
                List<(long Face, bool Created)> kept = new(faces.Count);
                for (int i = 0; i < faces.Count; i++)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!subjects.TryGetValue(faces[i].Subject, out long subject))
                    {
                        subjects.Add(faces[i].Subject, subject = RequireSubject(change, id, faces[i].Subject));
                    }

                    kept.Add(Enrol(change, id, subject, hashes[i], faces[i]));
                }

                return [.. kept.Select(face => new EnrolResult(ReadFace(change.Session, id, face.Face)!, face.Created))];
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> MoveFaceAsync(string gallery, long face, string subject, string? source, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id
                || change.Session.Number("SELECT subject FROM faces WHERE gallery = $gallery AND id = $face", ("$gallery", id), ("$face", face)) is not { } from)
            {
                return false;
            }

            if (SubjectOf(change.Session, id, subject) is { } taken && taken != from && TwinOf(change.Session, face, taken) is not null)
            {
                return false;
            }

            long to = RequireSubject(change, id, subject);
            change.ErasesSoon = true; // the old source; a folder that was renamed moves thousands of faces, one by one
            change.Session.Execute("UPDATE faces SET source = $source WHERE id = $face", ("$source", source), ("$face", face));
            if (to != from)
            {
                Give(change, face, to);
                RemoveIfEmpty(change, id, from);
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> DeleteFacesAsync(string gallery, IReadOnlyList<long> faces, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id)
            {
                return 0;
            }

            int removed = 0;
            HashSet<long> subjects = [];
            foreach (long face in faces)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (change.Session.Number("SELECT subject FROM faces WHERE gallery = $gallery AND id = $face", ("$gallery", id), ("$face", face)) is { } subject)
                {
                    change.Remove(face);
                    subjects.Add(subject);
                    removed++;
                }
            }

            foreach (long subject in subjects)
            {
                RemoveIfEmpty(change, id, subject);
            }

            return removed;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFace> StreamAsync(string gallery, EmbeddingSpace? space, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = 0;
        List<StoredFace> page;
        do
        {
            // Nothing is held between pages, however long the reader takes.
            page = await Opened().ReadAsync(session => ReadPage(session, gallery, space, after), cancellationToken);
            foreach (var face in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return face;
                after = face.Face.Id;
            }
        }
        while (page.Count == PageOfFaces);
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">An embedding has another dimension than the space.</exception>
    public Task AddEmbeddingsAsync(
        string gallery, EmbeddingSpace space, IReadOnlyList<(long Face, Embedding Embedding)> embeddings, CancellationToken cancellationToken)
    {
        foreach (var (_, embedding) in embeddings)
        {
            RequireDimension(space, embedding);
        }

        return Opened().WriteAsync(
            change =>
            {
                if (IdOf(change.Session, gallery) is not { } id)
                {
                    return 0;
                }

                foreach (var (face, embedding) in embeddings)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (change.Session.Number("SELECT subject FROM faces WHERE gallery = $gallery AND id = $face", ("$gallery", id), ("$face", face)) is { } subject)
                    {
                        var changed = change.Space(id, space);
                        if (RowOf(change.Session, face, changed.Id) is { } row)
                        {
                            change.Replace(changed, (int)row, face, subject, embedding.Values);
                        }
                        else
                        {
                            change.Add(changed, face, subject, embedding.Values);
                        }
                    }
                }

                return embeddings.Count;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> CompleteSpaceAsync(string gallery, EmbeddingSpace space, bool activate, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id || SpaceRows.Find(change.Session, id, space) is not { } found)
            {
                return false;
            }

            change.Session.Execute("UPDATE spaces SET is_complete = 1 WHERE id = $space", ("$space", found));
            if (activate)
            {
                change.Session.Execute("UPDATE spaces SET is_active = 0 WHERE gallery = $gallery AND is_active", ("$gallery", id));
                change.Session.Execute("UPDATE spaces SET is_active = 1 WHERE id = $space", ("$space", found));
            }

            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteSpaceAsync(string gallery, EmbeddingSpace space, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is not { } id
                || SpaceRows.Find(change.Session, id, space) is not { } found
                || change.Session.Number("SELECT is_active FROM spaces WHERE id = $space", ("$space", found)) != 0)
            {
                return false;
            }

            change.Drop(found);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A probe has another dimension than the space.</exception>
    public async Task<IReadOnlyList<IReadOnlyList<FaceMatch>>> SearchAsync(
        string gallery, EmbeddingSpace space, IReadOnlyList<Embedding> probes, FaceSearch search, CancellationToken cancellationToken)
    {
        foreach (var probe in probes)
        {
            RequireDimension(space, probe);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(search.TopK, 1);
        var store = Opened();
        var (id, subjects) = await store.ReadAsync(session => Resolve(session, gallery, space, search), cancellationToken);
        if (id is null || probes.Count == 0 || subjects is { Count: 0 })
        {
            return Nothing(probes.Count);
        }

        VectorSearch wanted = new(search.Metric, search.TopK, search.MaxDistance, subjects is null ? null : (_, subject) => subjects.Contains(subject));
        return await store.SearchAsync(id.Value, probes, wanted, ReadMatches, cancellationToken) ?? Nothing(probes.Count);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<FolderFile> ListFilesAsync(string gallery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string after = ""; // no path is empty
        List<FolderFile> page;
        do
        {
            page = await Opened().ReadAsync(
                session => IdOf(session, gallery) is not { } id
                    ? []
                    : session.Query(
                        """
                        SELECT path, size, modified_at, content_hash, faces, problem, space_key FROM files
                        WHERE gallery = $gallery AND path > $after ORDER BY path LIMIT $limit
                        """,
                        FaceRows.ReadFile,
                        ("$gallery", id),
                        ("$after", after),
                        ("$limit", PageOfFiles)),
                cancellationToken);
            foreach (var file in page)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return file;
                after = file.Path;
            }
        }
        while (page.Count == PageOfFiles);
    }

    /// <inheritdoc/>
    public Task PutFilesAsync(string gallery, IReadOnlyList<FolderFile> files, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            long id = RequireGallery(change, gallery);
            foreach (var file in files)
            {
                cancellationToken.ThrowIfCancellationRequested();
                change.Session.Execute(
                    """
                    INSERT INTO files (gallery, path, size, modified_at, content_hash, faces, problem, space_key)
                    VALUES ($gallery, $path, $size, $modified_at, $content_hash, $faces, $problem, $space_key)
                    ON CONFLICT (gallery, path) DO UPDATE SET size = excluded.size, modified_at = excluded.modified_at, content_hash = excluded.content_hash,
                        faces = excluded.faces, problem = excluded.problem, space_key = excluded.space_key
                    """,
                    ("$gallery", id),
                    ("$path", file.Path),
                    ("$size", file.Size),
                    ("$modified_at", file.ModifiedAt.UtcTicks),
                    ("$content_hash", file.ContentHash),
                    ("$faces", file.Faces),
                    ("$problem", file.Problem),
                    ("$space_key", file.SpaceKey));
            }

            return files.Count;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task RemoveFilesAsync(string gallery, IReadOnlyList<string> paths, CancellationToken cancellationToken) => Opened().WriteAsync(
        change =>
        {
            if (IdOf(change.Session, gallery) is { } id)
            {
                foreach (string path in paths)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    change.Erases |= change.Session.Execute("DELETE FROM files WHERE gallery = $gallery AND path = $path", ("$gallery", id), ("$path", path)) > 0;
                }
            }

            return paths.Count;
        },
        cancellationToken);

    /// <summary>Brings the indexes to the disk and frees what is no longer used, as happens by itself now and then.</summary>
    internal Task MaintainAsync(CancellationToken cancellationToken) => Opened().MaintainAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_opening)
        {
            _isDisposed = true;
            _store?.Dispose();
            _store = null;
        }
    }

    private SqliteStore Opened()
    {
        if (Volatile.Read(ref _store) is { } opened)
        {
            return opened;
        }

        lock (_opening)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _store ??= SqliteStore.Open(_folder ?? throw new FaceAspireException(ErrorCode.ServiceUnavailable, "Galleries need a folder. Set DATA_DIR."), _logger, _time);
        }
    }

    private static GalleryEntry ReadGallery(Microsoft.Data.Sqlite.SqliteDataReader row) =>
        new(row.GetString(1), row.GetInt32(2), row.GetInt32(3), [], DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)));

    private static long? IdOf(SqliteSession session, string gallery) => session.Number("SELECT id FROM galleries WHERE name = $name", ("$name", gallery));

    private static long? SubjectOf(SqliteSession session, long gallery, string subject) =>
        session.Number("SELECT id FROM subjects WHERE gallery = $gallery AND name = $name", ("$gallery", gallery), ("$name", subject));

    private static long? RowOf(SqliteSession session, long face, long space) =>
        session.Number("SELECT row FROM embeddings WHERE face = $face AND space = $space", ("$face", face), ("$space", space));

    private static List<long> FacesOf(SqliteSession session, long subject) =>
        session.Query("SELECT id FROM faces WHERE subject = $subject ORDER BY id", static row => row.GetInt64(0), ("$subject", subject));

    private static SubjectEntry ReadSubject(SqliteSession session, long subject) =>
        session.Query(FaceRows.SelectSubject + "WHERE s.id = $subject", FaceRows.ReadSubject, ("$subject", subject))[0];

    private static EnrolledFace? ReadFace(SqliteSession session, long gallery, long face) =>
        session.Query(FaceRows.Select + "WHERE f.gallery = $gallery AND f.id = $face", FaceRows.Read, ("$gallery", gallery), ("$face", face)) is [var found] ? found : null;

    private static long RequireGallery(GalleryChange change, string gallery) =>
        IdOf(change.Session, gallery)
        ?? change.Session.Number("INSERT INTO galleries (name, created_at) VALUES ($name, $now) RETURNING id", ("$name", gallery), ("$now", change.Now))!.Value;

    private static long RequireSubject(GalleryChange change, long gallery, string subject) =>
        SubjectOf(change.Session, gallery, subject)
        ?? change.Session.Number(
            "INSERT INTO subjects (gallery, name, created_at) VALUES ($gallery, $name, $now) RETURNING id",
            ("$gallery", gallery),
            ("$name", subject),
            ("$now", change.Now))!.Value;

    private static (long Face, bool Created) Enrol(GalleryChange change, long gallery, long subject, byte[] hash, FaceEnrolment face)
    {
        var session = change.Session;
        long? known = session.Number(
            "SELECT id FROM faces WHERE subject = $subject AND content_hash = $hash AND face_index = $index",
            ("$subject", subject),
            ("$hash", hash),
            ("$index", face.FaceIndex));
        long id = known ?? FaceRows.Insert(session, gallery, subject, hash, face, change.Now);
        if (known is null && face.Thumbnail is { Length: > 0 } thumbnail)
        {
            session.Execute("INSERT INTO thumbnails (face, jpeg) VALUES ($face, $jpeg)", ("$face", id), ("$jpeg", thumbnail.ToArray()));
        }

        foreach (var (space, embedding) in face.Embeddings)
        {
            var changed = change.Space(gallery, space);
            if (known is null || RowOf(session, id, changed.Id) is null)
            {
                change.Add(changed, id, subject, embedding.Values);
            }
        }

        return (id, known is null);
    }

    /// <summary>Gives a subject the faces of another, which goes. Of a face that both have that of the one that stays is kept.</summary>
    private static void Merge(GalleryChange change, long from, long to)
    {
        foreach (long face in FacesOf(change.Session, from))
        {
            if (TwinOf(change.Session, face, to) is null)
            {
                Give(change, face, to);
            }
            else
            {
                change.Remove(face);
            }
        }

        change.Erases = true; // the old name
        change.Session.Execute(
            "UPDATE subjects SET created_at = MIN(created_at, (SELECT created_at FROM subjects WHERE id = $from)) WHERE id = $to", ("$from", from), ("$to", to));
        change.Session.Execute("DELETE FROM subjects WHERE id = $from", ("$from", from));
    }

    private static void Give(GalleryChange change, long face, long subject)
    {
        change.Session.Execute("UPDATE faces SET subject = $subject WHERE id = $face", ("$subject", subject), ("$face", face));
        change.Assign(face, subject);
    }

    /// <summary>The face that a subject has of the same place in the same picture.</summary>
    private static long? TwinOf(SqliteSession session, long face, long subject) => session.Number(
        """
        SELECT twin.id FROM faces f JOIN faces twin ON twin.subject = $subject AND twin.content_hash = f.content_hash AND twin.face_index = f.face_index
        WHERE f.id = $face
        """,
        ("$subject", subject),
        ("$face", face));

    /// <summary>A subject without faces goes; a gallery without faces is as one that never had any.</summary>
    private static void RemoveIfEmpty(GalleryChange change, long gallery, long subject)
    {
        if (change.Session.Execute("DELETE FROM subjects WHERE id = $subject AND faces = 0", ("$subject", subject)) > 0)
        {
            change.Erases = true;
            if (change.Session.Number("SELECT faces FROM galleries WHERE id = $gallery", ("$gallery", gallery)) == 0)
            {
                DropSpaces(change, gallery);
            }
        }
    }

    private static void DropSpaces(GalleryChange change, long gallery)
    {
        foreach (long space in change.Session.Query("SELECT id FROM spaces WHERE gallery = $gallery", static row => row.GetInt64(0), ("$gallery", gallery)))
        {
            change.Drop(space);
        }
    }

    private static List<StoredFace> ReadPage(SqliteSession session, string gallery, EmbeddingSpace? space, long after)
    {
        if (IdOf(session, gallery) is not { } id)
        {
            return [];
        }

        var faces = session.Query(
            FaceRows.Select + "WHERE f.gallery = $gallery AND f.id > $after ORDER BY f.id LIMIT $limit",
            FaceRows.Read,
            ("$gallery", id),
            ("$after", after),
            ("$limit", PageOfFaces));
        if (space is null || faces.Count == 0 || SpaceRows.Find(session, id, space) is not { } wanted)
        {
            return [.. faces.Select(static face => new StoredFace(face, null))];
        }

        Dictionary<long, Embedding> embeddings = new(faces.Count);
        session.ForEach(
            """
            SELECT e.face, e.vector FROM faces f JOIN embeddings e ON e.face = f.id AND e.space = $space
            WHERE f.gallery = $gallery AND f.id BETWEEN $first AND $last
            """,
            row => embeddings.Add(row.GetInt64(0), new(VectorBytes.Read(row.GetFieldValue<byte[]>(1), space.Dimension))),
            ("$space", wanted),
            ("$gallery", id),
            ("$first", faces[0].Id),
            ("$last", faces[^1].Id));
        return [.. faces.Select(face => new StoredFace(face, embeddings.TryGetValue(face.Id, out var embedding) ? embedding : null))];
    }

    /// <summary>The space's id, null when it is not there, and the subjects that count, null for all.</summary>
    private static (long? Space, HashSet<long>? Subjects) Resolve(SqliteSession session, string gallery, EmbeddingSpace space, FaceSearch search)
    {
        if (IdOf(session, gallery) is not { } id || SpaceRows.Find(session, id, space) is not { } found)
        {
            return (null, null);
        }

        HashSet<long>? subjects = null;
        if (search.Subjects is { } names)
        {
            subjects = [];
            foreach (string name in names)
            {
                if (SubjectOf(session, id, name) is { } subject)
                {
                    subjects.Add(subject);
                }
            }
        }

        foreach (var (name, value) in search.Metadata ?? new Dictionary<string, string>())
        {
            var having = session.Query(
                "SELECT m.subject FROM metadata m JOIN subjects s ON s.id = m.subject WHERE m.name = $name AND m.value = $value AND s.gallery = $gallery",
                static row => row.GetInt64(0),
                ("$name", name),
                ("$value", value),
                ("$gallery", id));
            if (subjects is null)
            {
                subjects = [.. having];
            }
            else
            {
                subjects.IntersectWith(having);
            }
        }

        return (found, subjects);
    }

    /// <summary>The faces of hits; null when one has gone or changed hands since.</summary>
    private static IReadOnlyList<IReadOnlyList<FaceMatch>>? ReadMatches(SqliteSession session, IReadOnlyList<IReadOnlyList<VectorHit>> hits)
    {
        long[] ids = [.. hits.SelectMany(static list => list).Select(static hit => hit.Face).Distinct()];
        Dictionary<long, (EnrolledFace Face, long Subject)> faces = new(ids.Length);
        session.ForEach(
            FaceRows.Select + "WHERE f.id IN (SELECT value FROM json_each($ids))",
            row => faces.Add(row.GetInt64(0), (FaceRows.Read(row), row.GetInt64(FaceRows.SubjectColumn))),
            ("$ids", "[" + string.Join(',', ids) + "]"));
        return hits.All(list => list.All(hit => faces.TryGetValue(hit.Face, out var found) && found.Subject == hit.Subject))
            ? [.. hits.Select(list => list.Select(hit => new FaceMatch(faces[hit.Face].Face, hit.Distance)).ToList())]
            : null;
    }

    private static IReadOnlyList<IReadOnlyList<FaceMatch>> Nothing(int probes) => [.. Enumerable.Repeat<IReadOnlyList<FaceMatch>>([], probes)];

    private static byte[] RequireValid(FaceEnrolment face)
    {
        if (face.Embeddings.Count == 0)
        {
            throw new ArgumentException("A face to be enrolled has at least one embedding.", nameof(face));
        }

        foreach (var (space, embedding) in face.Embeddings)
        {
            RequireDimension(space, embedding);
        }

        return face.Embeddings.Select(static embedding => embedding.Space).Distinct().Count() < face.Embeddings.Count
            ? throw new ArgumentException("A face to be enrolled has one embedding of each space.", nameof(face))
            : TryReadHash(face.ContentHash) ?? throw new ArgumentException("A content hash has 64 hexadecimal digits.", nameof(face));
    }

    private static void RequireDimension(EmbeddingSpace space, Embedding embedding)
    {
        if (embedding.Dimension != space.Dimension)
        {
            throw new ArgumentException($"An embedding of {embedding.Dimension} numbers is not of a space of {space.Dimension}.", nameof(embedding));
        }
    }

    private static byte[]? TryReadHash(string text)
    {
        byte[] hash = new byte[HashBytes];
        return text.Length == 2 * HashBytes && Convert.FromHexString(text, hash, out _, out _) == System.Buffers.OperationStatus.Done ? hash : null;
    }
}
