namespace FaceAspire.Gallery.Folders;

/// <summary>Which files have which content, and whose faces those of the content are therefore.</summary>
internal sealed class FolderOwners(IFaceGallery store, string gallery, EmbeddingSpace space, FolderReport report)
{
    // Bounds what is held in memory of the faces to be copied.
    private const int CopiesAtOnce = 256;

    private readonly Dictionary<string, List<Owner>> _owners = new(StringComparer.Ordinal);
    private readonly HashSet<string> _doubtful = new(StringComparer.Ordinal);
    private readonly List<(string ContentHash, Owner Owner)> _copies = [];

    /// <summary>Notes that a file has a content.</summary>
    /// <param name="contentHash">The content.</param>
    /// <param name="path">The file.</param>
    /// <param name="subject">Whose faces it shows.</param>
    /// <param name="isNew">Whether it got this content since the last run, so that it is to have faces. What another file lacks somebody has removed, and it stays so.</param>
    public void Add(string contentHash, string path, string subject, bool isNew = false) => Add(contentHash, new(path, subject, isNew));

    /// <summary>Notes that a file may have a content: the faces that it has it keeps.</summary>
    public void AddUnknown(string contentHash, string path) => Add(contentHash, new(path, Subject: null, IsNew: false));

    /// <summary>Notes that faces of a content may have no file any more.</summary>
    public void Doubt(string contentHash) => _doubtful.Add(contentHash);

    /// <summary>The contents doubted, in a fixed order.</summary>
    public IReadOnlyList<string> TakeDoubtful()
    {
        string[] doubtful = [.. _doubtful.Order(StringComparer.Ordinal)];
        _doubtful.Clear();
        return doubtful;
    }

    /// <summary>Gives the faces of a content that has lost its file to a file that has the same, and removes them when there is none.</summary>
    public async Task SettleAsync(string contentHash, CancellationToken cancellationToken)
    {
        var faces = (await store.FindFacesOfAsync(gallery, contentHash, cancellationToken)).ToList();
        var owners = _owners.TryGetValue(contentHash, out var known) ? known : [];
        foreach (var owner in owners.Where(static owner => owner.Subject is not null))
        {
            var left = faces.Where(face => IsLeft(face, owners)).ToList();
            bool isNamed = faces.Exists(face => face.Subject == owner.Subject);
            if (faces.Exists(face => face.Source == owner.Path))
            {
                continue;
            }

            // Those of its subject get another source; else it takes all that one file had, so that none is missing.
            var heritage = left.FindAll(face => face.Subject == owner.Subject);
            if (!isNamed && owner.IsNew)
            {
                heritage = left.FindAll(face => face.Source == left[0].Source);
                if (heritage.Count == 0 && faces.Count > 0)
                {
                    _copies.Add((contentHash, owner));
                }
            }

            foreach (var face in heritage)
            {
                if (await store.MoveFaceAsync(gallery, face.Id, owner.Subject!, owner.Path, cancellationToken))
                {
                    faces[faces.IndexOf(face)] = face with { Subject = owner.Subject!, Source = owner.Path };
                }
            }
        }

        long[] removed = [.. faces.Where(face => IsLeft(face, owners)).Select(static face => face.Id)];
        if (removed.Length > 0)
        {
            int count = await store.DeleteFacesAsync(gallery, removed, cancellationToken);
            report.Update(now => now with { Removed = now.Removed + count });
        }
    }

    /// <summary>Enrols under further subjects the faces of contents that lie in the folders of several, with the embeddings that are there.</summary>
    public async Task CopyAsync(CancellationToken cancellationToken)
    {
        foreach (var some in _copies.Chunk(CopiesAtOnce))
        {
            var wanted = some.Select(static copy => copy.ContentHash).ToHashSet(StringComparer.Ordinal);
            var found = new Dictionary<string, List<StoredFace>>(StringComparer.Ordinal);
            await foreach (var stored in store.StreamAsync(gallery, space, cancellationToken))
            {
                if (stored.Embedding is not null && wanted.Contains(stored.Face.ContentHash))
                {
                    if (!found.TryGetValue(stored.Face.ContentHash, out var faces))
                    {
                        found[stored.Face.ContentHash] = faces = [];
                    }

                    faces.Add(stored);
                }
            }

            foreach (var (hash, owner) in some)
            {
                await CopyAsync(owner, found.TryGetValue(hash, out var faces) ? faces : [], cancellationToken);
            }
        }

        _copies.Clear();
    }

    /// <summary>How many faces are kept of a file.</summary>
    public async Task<int> CountAsync(string contentHash, FolderEntry entry, CancellationToken cancellationToken) =>
        (await store.FindFacesOfAsync(gallery, contentHash, cancellationToken)).Count(face => face.Source == entry.Path || face.Subject == entry.Subject);

    private async Task CopyAsync(Owner owner, List<StoredFace> faces, CancellationToken cancellationToken)
    {
        List<FaceEnrolment> enrolments = [];
        foreach (var (face, embedding) in faces.Where(stored => stored.Face.Subject == faces[0].Face.Subject))
        {
            var thumbnail = await store.ReadThumbnailAsync(gallery, face.Id, cancellationToken);
            enrolments.Add(new(owner.Subject!, face.ContentHash, face.FaceIndex, face.Area, face.Confidence, owner.Path, thumbnail, [new(space, embedding!.Value)]));
        }

        if (enrolments.Count > 0)
        {
            int created = (await store.EnrolAsync(gallery, enrolments, cancellationToken)).Count(static result => result.Created);
            report.Update(now => now with { Enrolled = now.Enrolled + created });
        }
    }

    /// <summary>Whether a face came from a file that no longer has its content.</summary>
    private static bool IsLeft(EnrolledFace face, List<Owner> owners) => face.Source is { } source && !owners.Exists(owner => owner.Path == source);

    private void Add(string contentHash, Owner owner)
    {
        if (!_owners.TryGetValue(contentHash, out var owners))
        {
            _owners[contentHash] = owners = [];
        }

        owners.Add(owner);
    }

    /// <summary>A file that has a content.</summary>
    private sealed record Owner(string Path, string? Subject, bool IsNew);
}
