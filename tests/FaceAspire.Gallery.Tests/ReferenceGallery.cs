using System.Runtime.CompilerServices;
using System.Text;
using FaceAspire.Contracts.Errors;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests;

/// <summary>What <see cref="IFaceGallery"/> says, in lists, so plain that it is right: what every store is compared with.</summary>
internal sealed class ReferenceGallery(TimeProvider time) : IFaceGallery
{
    // Ordinal for a database: by the bytes of UTF-8.
    private static readonly Comparer<string> _ordinal =
        Comparer<string>.Create(static (one, other) => Encoding.UTF8.GetBytes(one).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(other)));

    private readonly SortedDictionary<string, Content> _galleries = new(_ordinal);
    private readonly Dictionary<string, string> _notes = [];
    private readonly Lock _lock = new();
    private long _lastFace;

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());

    public Task<IReadOnlyList<GalleryEntry>> ListGalleriesAsync(CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<GalleryEntry>>(() => [.. _galleries.Select(static gallery => gallery.Value.Entry(gallery.Key))]);

    public Task<GalleryEntry?> FindGalleryAsync(string gallery, CancellationToken cancellationToken) => Locked(() => Find(gallery)?.Entry(gallery));

    public Task<string?> ReadNoteAsync(string name, CancellationToken cancellationToken) => Locked(() => _notes.GetValueOrDefault(name));

    public Task WriteNoteAsync(string name, string text, CancellationToken cancellationToken) => Locked(() => _notes[name] = text);

    public Task<bool> CreateGalleryAsync(string gallery, CancellationToken cancellationToken) => Locked(() => _galleries.TryAdd(gallery, new(Now)));

    public Task<bool> DeleteGalleryAsync(string gallery, CancellationToken cancellationToken) => Locked(() => _galleries.Remove(gallery));

    public Task<IReadOnlyList<SubjectEntry>> ListSubjectsAsync(string gallery, string? after, int limit, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<SubjectEntry>>(() => Find(gallery) is { } content
            ? [.. content.Subjects.Keys.Where(name => after is null || _ordinal.Compare(name, after) > 0).Take(limit).Select(content.SubjectEntry)]
            : []);

    public Task<SubjectEntry?> FindSubjectAsync(string gallery, string subject, CancellationToken cancellationToken) =>
        Locked(() => Find(gallery) is { } content && content.Subjects.ContainsKey(subject) ? content.SubjectEntry(subject) : null);

    public Task<bool> SetMetadataAsync(string gallery, string subject, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(gallery) is not { } content || !content.Subjects.TryGetValue(subject, out var known))
        {
            return false;
        }

        content.Subjects[subject] = known with { Metadata = new Dictionary<string, string>(metadata) };
        return true;
    });

    public Task<SubjectMove> MoveSubjectAsync(string gallery, string subject, string newName, bool mayMerge, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(gallery) is not { } content || !content.Subjects.TryGetValue(subject, out var known))
        {
            return default;
        }

        if (subject != newName && !mayMerge && content.Subjects.ContainsKey(newName))
        {
            return new SubjectMove(null, IsTaken: true);
        }

        if (subject != newName)
        {
            content.Subjects[newName] = content.Subjects.TryGetValue(newName, out var other)
                ? other with { CreatedAt = other.CreatedAt < known.CreatedAt ? other.CreatedAt : known.CreatedAt }
                : known;
            foreach (var face in content.Faces.Where(face => face.Face.Subject == subject).ToList())
            {
                if (content.TwinOf(face.Face, newName) is null)
                {
                    face.Face = face.Face with { Subject = newName };
                }
                else
                {
                    content.Faces.Remove(face);
                }
            }

            content.Subjects.Remove(subject);
        }

        return new SubjectMove(content.SubjectEntry(newName), IsTaken: false);
    });

    public Task<bool> DeleteSubjectAsync(string gallery, string subject, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(gallery) is not { } content || !content.Subjects.ContainsKey(subject))
        {
            return false;
        }

        content.Faces.RemoveAll(face => face.Face.Subject == subject);
        content.RemoveEmpty();
        return true;
    });

    public Task<IReadOnlyList<EnrolledFace>> ListFacesAsync(string gallery, string? subject, long after, int limit, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<EnrolledFace>>(() =>
        [
            .. FacesOf(gallery).Where(face => (subject is null || face.Face.Subject == subject) && face.Face.Id > after).Take(limit).Select(static face => face.Face),
        ]);

    public Task<EnrolledFace?> FindFaceAsync(string gallery, long face, CancellationToken cancellationToken) =>
        Locked(() => FacesOf(gallery).SingleOrDefault(kept => kept.Face.Id == face)?.Face);

    public Task<IReadOnlyList<EnrolledFace>> FindFacesOfAsync(string gallery, string contentHash, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<EnrolledFace>>(() => [.. FacesOf(gallery).Where(face => face.Face.ContentHash == contentHash).Select(static face => face.Face)]);

    public Task<ReadOnlyMemory<byte>?> ReadThumbnailAsync(string gallery, long face, CancellationToken cancellationToken) =>
        Locked(() => FacesOf(gallery).SingleOrDefault(kept => kept.Face.Id == face)?.Thumbnail);

    public Task<IReadOnlyList<EnrolResult>> EnrolAsync(string gallery, IReadOnlyList<FaceEnrolment> faces, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<EnrolResult>>(() =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            RequireDimensions(faces.SelectMany(static face => face.Embeddings));
            RequireSpaces(gallery, faces.SelectMany(static face => face.Embeddings).Select(static embedding => embedding.Space));
            _galleries.TryAdd(gallery, new(Now));
            var content = _galleries[gallery];
            var kept = faces.Select(face => Enrol(content, face)).ToList();
            return [.. kept.Select(static each => new EnrolResult(each.Kept.Face, each.IsNew))];
        });

    public Task<bool> MoveFaceAsync(string gallery, long face, string subject, string? source, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(gallery) is not { } content
            || content.Faces.SingleOrDefault(kept => kept.Face.Id == face) is not { } kept
            || (kept.Face.Subject != subject && content.TwinOf(kept.Face, subject) is not null))
        {
            return false;
        }

        content.Subjects.TryAdd(subject, new(Now, []));
        kept.Face = kept.Face with { Subject = subject, Source = source };
        content.RemoveEmpty();
        return true;
    });

    public Task<int> DeleteFacesAsync(string gallery, IReadOnlyList<long> faces, CancellationToken cancellationToken) => Locked(() =>
    {
        int removed = Find(gallery)?.Faces.RemoveAll(face => faces.Contains(face.Face.Id)) ?? 0;
        Find(gallery)?.RemoveEmpty();
        return removed;
    });

    public async IAsyncEnumerable<StoredFace> StreamAsync(string gallery, EmbeddingSpace? space, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        long after = 0;
        while (await Locked(() => FacesOf(gallery).Find(face => face.Face.Id > after)) is { } next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return new(next.Face, space is null ? null : next.EmbeddingOf(space));
            after = next.Face.Id;
        }
    }

    public Task AddEmbeddingsAsync(
        string gallery, EmbeddingSpace space, IReadOnlyList<(long Face, Embedding Embedding)> embeddings, CancellationToken cancellationToken) => Locked(() =>
    {
        RequireDimensions(embeddings.Select(pair => new SpaceEmbedding(space, pair.Embedding)));
        foreach (var (face, embedding) in embeddings)
        {
            if (FacesOf(gallery).SingleOrDefault(kept => kept.Face.Id == face) is { } kept)
            {
                RequireSpaces(gallery, [space]);
                Find(gallery)!.Begin(space);
                kept.Embeddings[space] = embedding;
            }
        }

        return true;
    });

    public Task<bool> CompleteSpaceAsync(string gallery, EmbeddingSpace space, bool activate, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(gallery) is not { } content || content.Spaces.Find(kept => kept.Space == space) is not { } found)
        {
            return false;
        }

        content.Spaces.ForEach(kept => kept.IsActive &= !activate);
        found.IsComplete = true;
        found.IsActive |= activate;
        return true;
    });

    public Task<bool> DeleteSpaceAsync(string gallery, EmbeddingSpace space, CancellationToken cancellationToken) => Locked(() =>
    {
        if (Find(gallery) is not { } content
            || content.Faces.Exists(face => face.Embeddings.Count == 1 && face.Embeddings.ContainsKey(space))
            || content.Spaces.RemoveAll(kept => kept.Space == space && !kept.IsActive) == 0)
        {
            return false;
        }

        content.Faces.ForEach(face => face.Embeddings.Remove(space));
        return true;
    });

    public Task<IReadOnlyList<IReadOnlyList<FaceMatch>>> SearchAsync(
        string gallery, EmbeddingSpace space, IReadOnlyList<Embedding> probes, FaceSearch search, CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<IReadOnlyList<FaceMatch>>>(() =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            ArgumentOutOfRangeException.ThrowIfLessThan(search.TopK, 1);
            RequireDimensions(probes.Select(probe => new SpaceEmbedding(space, probe)));
            return
            [
                .. probes.Select(probe => FacesOf(gallery)
                    .Where(face => face.EmbeddingOf(space) is not null && IsWanted(Find(gallery)!, face.Face, search))
                    .Select(face => (face.Face, Distance: EmbeddingDistance.Unrounded(probe.Values.Span, face.EmbeddingOf(space)!.Value.Values.Span, search.Metric)))
                    .Where(match => EmbeddingDistance.Round(match.Distance) <= search.MaxDistance)
                    .OrderBy(static match => match.Distance)
                    .ThenBy(static match => match.Face.Id)
                    .Take(search.TopK)
                    .Select(static match => new FaceMatch(match.Face, EmbeddingDistance.Round(match.Distance)))
                    .ToList()),
            ];
        });

    public async IAsyncEnumerable<FolderFile> ListFilesAsync(string gallery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var file in await Locked(() => Find(gallery)?.Files.Values.ToList() ?? []))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return file;
        }
    }

    public Task PutFilesAsync(string gallery, IReadOnlyList<FolderFile> files, CancellationToken cancellationToken) => Locked(() =>
    {
        _galleries.TryAdd(gallery, new(Now));
        foreach (var file in files)
        {
            _galleries[gallery].Files[file.Path] = file;
        }

        return true;
    });

    public Task RemoveFilesAsync(string gallery, IReadOnlyList<string> paths, CancellationToken cancellationToken) =>
        Locked(() => paths.Count(path => Find(gallery)?.Files.Remove(path) ?? false));

    private static bool IsWanted(Content content, EnrolledFace face, FaceSearch search) =>
        (search.Subjects?.Contains(face.Subject) ?? true)
        && (search.Metadata?.All(wanted => content.Subjects[face.Subject].Metadata.TryGetValue(wanted.Key, out string? value) && value == wanted.Value) ?? true);

    private static void RequireDimensions(IEnumerable<SpaceEmbedding> embeddings)
    {
        if (embeddings.Any(static embedding => embedding.Embedding.Dimension != embedding.Space.Dimension))
        {
            throw new ArgumentException("An embedding is not of its space.", nameof(embeddings));
        }
    }

    private void RequireSpaces(string gallery, IEnumerable<EmbeddingSpace> spaces)
    {
        if ((Find(gallery)?.Spaces.Select(static kept => kept.Space) ?? []).Union(spaces).Count() > IFaceGallery.MaxSpaces)
        {
            throw new FaceAspireException(ErrorCode.ValidationError, "The gallery has too many spaces.");
        }
    }

    private Task<T> Locked<T>(Func<T> work)
    {
        lock (_lock)
        {
            return Task.FromResult(work());
        }
    }

    private Content? Find(string gallery) => _galleries.GetValueOrDefault(gallery);

    private List<Kept> FacesOf(string gallery) => Find(gallery)?.Faces ?? [];

    private (Kept Kept, bool IsNew) Enrol(Content content, FaceEnrolment face)
    {
        EnrolledFace made = new(
            _lastFace + 1, face.Subject, face.ContentHash, face.FaceIndex, face.Area, face.Confidence, face.Source, face.Thumbnail is not null, Now);
        var kept = content.TwinOf(made, face.Subject);
        bool isNew = kept is null;
        if (kept is null)
        {
            _lastFace++;
            content.Subjects.TryAdd(face.Subject, new(Now, []));
            content.Faces.Add(kept = new(made, face.Thumbnail));
        }
        else if (face.Source is null)
        {
            kept.Face = kept.Face with { Source = null };
        }

        foreach (var (space, embedding) in face.Embeddings)
        {
            content.Begin(space);
            kept.Embeddings.TryAdd(space, embedding);
        }

        return (kept, isNew);
    }

    private sealed class Content(DateTimeOffset createdAt)
    {
        public SortedDictionary<string, Person> Subjects { get; } = new(_ordinal);

        public List<Kept> Faces { get; } = [];

        public List<KeptSpace> Spaces { get; } = [];

        public SortedDictionary<string, FolderFile> Files { get; } = new(_ordinal);

        public GalleryEntry Entry(string name) => new(
            name,
            Subjects.Count,
            Faces.Count,
            [
                .. Spaces.OrderByDescending(static space => space.IsActive)
                    .Select(space => new GallerySpace(space.Space, Faces.Count(face => face.Embeddings.ContainsKey(space.Space)), space.IsComplete, space.IsActive)),
            ],
            createdAt);

        public SubjectEntry SubjectEntry(string name) => new(name, Faces.Count(face => face.Face.Subject == name), Subjects[name].Metadata, Subjects[name].CreatedAt);

        public Kept? TwinOf(EnrolledFace face, string subject) => Faces.SingleOrDefault(
            other => other.Face.Subject == subject && other.Face.ContentHash == face.ContentHash && other.Face.FaceIndex == face.FaceIndex);

        public void Begin(EmbeddingSpace space)
        {
            if (!Spaces.Exists(known => known.Space == space))
            {
                bool isFirst = Spaces.Count == 0;
                Spaces.Add(new(space) { IsComplete = isFirst, IsActive = isFirst });
            }
        }

        public void RemoveEmpty()
        {
            foreach (string name in Subjects.Keys.Where(name => !Faces.Exists(face => face.Face.Subject == name)).ToList())
            {
                Subjects.Remove(name);
            }

            if (Faces.Count == 0)
            {
                Spaces.Clear();
            }
        }
    }

    private sealed record Person(DateTimeOffset CreatedAt, Dictionary<string, string> Metadata);

    private sealed class Kept(EnrolledFace face, ReadOnlyMemory<byte>? thumbnail)
    {
        public EnrolledFace Face { get; set; } = face;

        public ReadOnlyMemory<byte>? Thumbnail { get; } = thumbnail;

        public Dictionary<EmbeddingSpace, Embedding> Embeddings { get; } = [];

        public Embedding? EmbeddingOf(EmbeddingSpace space) => Embeddings.TryGetValue(space, out var embedding) ? embedding : null;
    }

    private sealed class KeptSpace(EmbeddingSpace space)
    {
        public EmbeddingSpace Space { get; } = space;

        public bool IsComplete { get; set; }

        public bool IsActive { get; set; }
    }
}
