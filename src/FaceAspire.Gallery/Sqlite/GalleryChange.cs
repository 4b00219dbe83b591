using FaceAspire.Contracts.Errors;

namespace FaceAspire.Gallery.Sqlite;

/// <summary>One change of the galleries: what its transaction writes, and what the indexes are told when that is on the disk.</summary>
internal sealed class GalleryChange(SqliteSession session, long now)
{
    private readonly Dictionary<(long Gallery, EmbeddingSpace Space), ChangedSpace> _byKey = [];
    private readonly Dictionary<long, ChangedSpace> _byId = [];
    private readonly List<RowEdit> _edits = [];
    private readonly List<(long Id, string Segment)> _dropped = [];

    /// <summary>The database, in a transaction.</summary>
    public SqliteSession Session { get; } = session;

    /// <summary>When it happens, in milliseconds since 1970.</summary>
    public long Now { get; } = now;

    /// <summary>Whether something is deleted that must not stay in any file.</summary>
    public bool Erases { get; set; }

    /// <summary>Whether something is overwritten that may stay in the log until the next maintenance.</summary>
    public bool ErasesSoon { get; set; }

    /// <summary>Whether faces go from one row to another.</summary>
    public bool MovesRows { get; private set; }

    /// <summary>Edits of rows, in order.</summary>
    public IReadOnlyList<RowEdit> Edits => _edits;

    /// <summary>Spaces whose rows are edited.</summary>
    public IEnumerable<ChangedSpace> Spaces => _byId.Values;

    /// <summary>Spaces that go, with the names of their files.</summary>
    public IReadOnlyList<(long Id, string Segment)> Dropped => _dropped;

    /// <summary>A space whose rows are about to be edited; it is begun when the gallery does not have it, as the active one when the gallery has none.</summary>
    public ChangedSpace Space(long gallery, EmbeddingSpace space)
    {
        if (_byKey.TryGetValue((gallery, space), out var known))
        {
            return known;
        }

        if (SpaceRows.Find(Session, gallery, space) is not { } id)
        {
            SpaceLimit.ThrowIfReached(Session.Number("SELECT COUNT(*) FROM spaces WHERE gallery = $gallery", ("$gallery", gallery)) ?? 0);
            bool isFirst = Session.Number("SELECT 1 FROM spaces WHERE gallery = $gallery AND is_active", ("$gallery", gallery)) is null;
            id = SpaceRows.Insert(Session, gallery, space, isFirst, SegmentName(Guid.NewGuid()));
        }

        return _byKey[(gallery, space)] = Space(id);
    }

    /// <summary>A space that is there and whose rows are about to be edited.</summary>
    public ChangedSpace Space(long id)
    {
        if (!_byId.TryGetValue(id, out var space))
        {
            // Raised before the first edit: rows are marked with it, by the triggers too.
            space = Session.Query(
                "UPDATE spaces SET change = change + 1 WHERE id = $space RETURNING dimension, segment, next_row, change",
                row => new ChangedSpace(id, row.GetInt32(0), row.GetString(1), row.GetInt64(3)) { NextRow = row.GetInt32(2) },
                ("$space", id))[0];
            _byId.Add(id, space);
        }

        return space;
    }

    /// <summary>Adds an embedding to a face that has none of this space.</summary>
    public void Add(ChangedSpace space, long face, long subject, ReadOnlyMemory<float> vector)
    {
        if (space.NextRow == int.MaxValue)
        {
            throw new FaceAspireException(ErrorCode.ServiceUnavailable, "The gallery is full.");
        }

        int row = space.NextRow++;
        Session.Execute(
            "INSERT INTO embeddings (face, space, row, change, vector) VALUES ($face, $space, $row, $change, $vector)",
            ("$face", face),
            ("$space", space.Id),
            ("$row", row),
            ("$change", space.Change),
            ("$vector", VectorBytes.Of(vector.Span)));
        _edits.Add(new(RowEditKind.Write, space.Id, row, face, subject, vector));
    }

    /// <summary>Replaces an embedding.</summary>
    public void Replace(ChangedSpace space, int row, long face, long subject, ReadOnlyMemory<float> vector)
    {
        Erases = true;
        Session.Execute(
            "UPDATE embeddings SET change = $change, vector = $vector WHERE space = $space AND row = $row",
            ("$change", space.Change),
            ("$vector", VectorBytes.Of(vector.Span)),
            ("$space", space.Id),
            ("$row", row));
        _edits.Add(new(RowEditKind.Write, space.Id, row, face, subject, vector));
    }

    /// <summary>Gives the embeddings of a face another subject; the face's own row is the caller's.</summary>
    public void Assign(long face, long subject)
    {
        foreach (var (id, row) in RowsOf(face))
        {
            Session.Execute("UPDATE embeddings SET change = $change WHERE space = $space AND row = $row", ("$change", Space(id).Change), ("$space", id), ("$row", row));
            _edits.Add(new(RowEditKind.Assign, id, row, Subject: subject));
        }
    }

    /// <summary>Gives a row in use the number of an empty one.</summary>
    public void Move(ChangedSpace space, int from, int to)
    {
        MovesRows = true;

        // That of the empty one may not be in the index's file yet; it must not be made up for when the row is in use again.
        Session.Execute("DELETE FROM removed_rows WHERE space = $space AND row = $row", ("$space", space.Id), ("$row", to));
        Session.Execute(
            "UPDATE embeddings SET row = $to, change = $change WHERE space = $space AND row = $from", ("$to", to), ("$change", space.Change), ("$space", space.Id), ("$from", from));
        Session.Execute("INSERT INTO removed_rows (space, row, change) VALUES ($space, $row, $change)", ("$space", space.Id), ("$row", from), ("$change", space.Change));
        Session.ForEach(
            "SELECT e.face, f.subject, e.vector FROM embeddings e JOIN faces f ON f.id = e.face WHERE e.space = $space AND e.row = $row",
            row => _edits.Add(new(RowEditKind.Write, space.Id, to, row.GetInt64(0), row.GetInt64(1), VectorBytes.Read(row.GetFieldValue<byte[]>(2), space.Dimension))),
            ("$space", space.Id),
            ("$row", to));
        _edits.Add(new(RowEditKind.Remove, space.Id, from));
    }

    /// <summary>Removes a face with all that belongs to it.</summary>
    public void Remove(long face)
    {
        Erases = true;
        foreach (var (id, row) in RowsOf(face))
        {
            Space(id);
            _edits.Add(new(RowEditKind.Remove, id, row));
        }

        Session.Execute("DELETE FROM faces WHERE id = $face", ("$face", face));
    }

    /// <summary>Removes a space with its embeddings.</summary>
    public void Drop(long space)
    {
        Erases = true;
        _dropped.AddRange(Session.Query("DELETE FROM spaces WHERE id = $space RETURNING segment", row => (space, row.GetString(0)), ("$space", space)));
    }

    /// <summary>Writes what was gathered; the last before the transaction ends.</summary>
    public void Finish()
    {
        foreach (var space in _byId.Values)
        {
            Session.Execute("UPDATE spaces SET next_row = $row WHERE id = $space", ("$row", space.NextRow), ("$space", space.Id));
        }
    }

    /// <summary>A name for a segment's file that no other has had.</summary>
    public static string SegmentName(Guid unique) => $"{unique:N}.vectors";

    private List<(long Space, int Row)> RowsOf(long face) =>
        Session.Query("SELECT space, row FROM embeddings WHERE face = $face", static row => (row.GetInt64(0), row.GetInt32(1)), ("$face", face));
}

/// <summary>A space whose rows a change edits.</summary>
/// <param name="Id">Its row in the database.</param>
/// <param name="Dimension">Numbers in a vector.</param>
/// <param name="Segment">Name of its index's file.</param>
/// <param name="Change">The number of this change in this space.</param>
internal sealed record ChangedSpace(long Id, int Dimension, string Segment, long Change)
{
    /// <summary>The next row that was never used.</summary>
    public int NextRow { get; set; }
}
