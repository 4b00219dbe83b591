using System.Runtime.CompilerServices;
using FaceAspire.Vision.Recognition;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

public sealed partial class RedisFaceGallery
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<EnrolledFace>> ListFacesAsync(string gallery, string? subject, long after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        if (limit == 0 || await KeysOfAsync(gallery, cancellationToken) is not { } keys)
        {
            return [];
        }

        var database = await _link.OpenAsync(cancellationToken);
        var faces = keys.Faces;
        if (subject is not null)
        {
            var number = await _link.AskAsync(database.HashGetAsync(keys.SubjectNumbers, subject), cancellationToken);
            if (number.IsNull)
            {
                return [];
            }

            faces = keys.FacesOf((long)number);
        }

        var page = await _link.AskAsync(database.SortedSetRangeByScoreAsync(faces, start: after, exclude: Exclude.Start, take: limit), cancellationToken);
        var read = await ReadFacesAsync(keys, [.. page.Select(static face => (long)face)], null, cancellationToken);
        return [.. read.Select(static face => face.Face)];
    }

    /// <inheritdoc/>
    public async Task<EnrolledFace?> FindFaceAsync(string gallery, long face, CancellationToken cancellationToken) =>
        await KeysOfAsync(gallery, cancellationToken) is { } keys && await ReadFacesAsync(keys, [face], null, cancellationToken) is [var found] ? found.Face : null;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EnrolledFace>> FindFacesOfAsync(string gallery, string contentHash, CancellationToken cancellationToken)
    {
        if (await KeysOfAsync(gallery, cancellationToken) is not { } keys)
        {
            return [];
        }

        var database = await _link.OpenAsync(cancellationToken);
        var faces = await _link.AskAsync(database.SortedSetRangeByRankAsync(keys.Content(contentHash)), cancellationToken);
        var read = await ReadFacesAsync(keys, [.. faces.Select(static face => (long)face)], null, cancellationToken);
        return [.. read.Select(static face => face.Face)];
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>?> ReadThumbnailAsync(string gallery, long face, CancellationToken cancellationToken)
    {
        if (await KeysOfAsync(gallery, cancellationToken) is not { } keys)
        {
            return null;
        }

        var database = await _link.OpenAsync(cancellationToken);
        var thumbnail = await _link.AskAsync(database.HashGetAsync(keys.Face(face), FaceState.ThumbnailField), cancellationToken);
        return thumbnail.IsNull ? default(ReadOnlyMemory<byte>?) : (ReadOnlyMemory<byte>)thumbnail;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A face has no embedding, two of one space, one of another dimension than its space, or a content hash that is none.</exception>
    public Task<IReadOnlyList<EnrolResult>> EnrolAsync(string gallery, IReadOnlyList<FaceEnrolment> faces, CancellationToken cancellationToken)
    {
        foreach (var face in faces)
        {
            RequireValid(face);
        }

        return ChangeAsync(gallery, change => PlanAsync(change, faces, cancellationToken), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> MoveFaceAsync(string gallery, long face, string subject, string? source, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        async change =>
        {
            if (await change.ReadFacesAsync([face], cancellationToken) is not [{ } moved])
            {
                return false;
            }

            long from = moved.Subject;
            var numbers = await change.ReadNumbersAsync([subject], cancellationToken);
            if (numbers[subject] != from)
            {
                var twins = await change.ReadFacesOfAsync([moved.ContentHash], cancellationToken);
                if (numbers[subject] is { } taken && twins[moved.ContentHash].Select(change.Face).Any(twin => twin.Subject == taken && twin.FaceIndex == moved.FaceIndex))
                {
                    return false;
                }

                await change.ReadSubjectAsync(from, cancellationToken);
                change.Give(face, await change.RequireSubjectAsync(subject, cancellationToken));
                change.RemoveIfEmpty(from);
            }

            moved.Source = source;
            change.Change(face);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<int> DeleteFacesAsync(string gallery, IReadOnlyList<long> faces, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        async change =>
        {
            long[] wanted = [.. faces.Distinct()];
            var read = await change.ReadFacesAsync(wanted, cancellationToken);
            HashSet<long> subjects = [];
            int removed = 0;
            foreach (var (id, face) in wanted.Zip(read))
            {
                if (face is not null)
                {
                    await change.ReadSubjectAsync(face.Subject, cancellationToken);
                    subjects.Add(face.Subject);
                    change.RemoveFace(id);
                    removed++;
                }
            }

            foreach (long subject in subjects)
            {
                change.RemoveIfEmpty(subject);
            }

            return removed;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredFace> StreamAsync(string gallery, EmbeddingSpace? space, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await StateOfAsync(gallery, cancellationToken) is not { } state)
        {
            yield break;
        }

        GalleryKeys keys = new(gallery, state.Generation);
        var wanted = space is null ? null : state.Find(space);
        await foreach (long[] page in PagesAsync(keys.Faces, cancellationToken))
        {
            foreach (var face in await ReadFacesAsync(keys, page, wanted, cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new(face.Face, face.Vector is null ? null : new Embedding(face.Vector));
            }
        }
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

        return ChangeAsync(
            gallery,
            async change =>
            {
                var read = await change.ReadFacesAsync([.. embeddings.Select(static each => each.Face)], cancellationToken);
                for (int i = 0; i < read.Length; i++)
                {
                    if (read[i] is not null)
                    {
                        change.PutVector(embeddings[i].Face, await change.RequireSpaceAsync(space, cancellationToken), embeddings[i].Embedding);
                    }
                }

                return embeddings.Count;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> CompleteSpaceAsync(string gallery, EmbeddingSpace space, bool activate, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        change =>
        {
            if (change.State.Find(space) is not { } found)
            {
                return Task.FromResult(false);
            }

            found.IsComplete = true;
            if (activate)
            {
                change.State.Spaces.ForEach(each => each.IsActive = each == found);
            }

            change.Note();
            return Task.FromResult(true);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteSpaceAsync(string gallery, EmbeddingSpace space, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        async change =>
        {
            if (change.State.Find(space) is not { IsActive: false } found || await IsOnlySpaceOfAFaceAsync(change, found, cancellationToken))
            {
                return false;
            }

            change.State.Spaces.Remove(found);
            change.State.RemovedSpaces.Add(found.Number);
            change.Note();
            return true;
        },
        cancellationToken);

    private static async Task<IReadOnlyList<EnrolResult>> PlanAsync(GalleryChange change, IReadOnlyList<FaceEnrolment> faces, CancellationToken cancellationToken)
    {
        change.Note(); // a gallery that is not there is made, whatever is enrolled
        var numbers = await change.ReadNumbersAsync(faces.Select(static face => face.Subject), cancellationToken);
        var known = await change.ReadFacesOfAsync(faces.Select(static face => face.ContentHash), cancellationToken);
        Dictionary<(string Subject, string Hash, int Index), long> ids = [];
        foreach (string name in faces.Select(static face => face.Subject).Distinct(StringComparer.Ordinal))
        {
            foreach (long id in known.SelectMany(static each => each).Where(id => change.Face(id).Subject == numbers[name]))
            {
                ids[(name, change.Face(id).ContentHash, change.Face(id).FaceIndex)] = id;
            }
        }

        int added = faces.Select(static face => (face.Subject, face.ContentHash, face.FaceIndex)).Distinct().Count(face => !ids.ContainsKey(face));
        long next = added > 0 ? await change.TakeIdsAsync(added, cancellationToken) : 0;
        List<(long Face, string Subject, bool IsNew)> kept = new(faces.Count);
        foreach (var face in faces)
        {
            bool isNew = !ids.TryGetValue((face.Subject, face.ContentHash, face.FaceIndex), out long id);
            if (isNew)
            {
                ids.Add((face.Subject, face.ContentHash, face.FaceIndex), id = next++);
                FaceState made = new()
                {
                    Subject = await change.RequireSubjectAsync(face.Subject, cancellationToken),
                    ContentHash = face.ContentHash,
                    FaceIndex = face.FaceIndex,
                    Area = face.Area,
                    Confidence = face.Confidence,
                    Source = face.Source,
                    HasThumbnail = face.Thumbnail is not null,
                    EnrolledAt = change.Now,
                };
                change.AddFace(id, made, face.Thumbnail);
            }
            else if (face.Source is null && change.Face(id).Source is not null)
            {
                change.Face(id).Source = null;
                change.Change(id);
            }

            foreach (var (space, embedding) in face.Embeddings)
            {
                var into = await change.RequireSpaceAsync(space, cancellationToken);
                if (!change.Face(id).Spaces.Contains(into.Number))
                {
                    change.PutVector(id, into, embedding);
                }
            }

            kept.Add((id, face.Subject, isNew));
        }

        return [.. kept.Select(each => new EnrolResult(change.Face(each.Face).ToFace(each.Face, each.Subject), each.IsNew))];
    }

    private async Task<bool> IsOnlySpaceOfAFaceAsync(GalleryChange change, SpaceState space, CancellationToken cancellationToken)
    {
        int[] others = [.. change.State.Spaces.Where(other => other != space).Select(static other => other.Number)];
        if (space.Faces == 0 || change.State.Spaces.Exists(other => other != space && other.Faces == change.State.Faces))
        {
            return false;
        }

        await foreach (long[] page in PagesAsync(change.Keys.Faces, cancellationToken))
        {
            var database = await _link.OpenAsync(cancellationToken);
            var read = await _link.AskAllAsync(page.Select(face => database.HashGetAsync(change.Keys.Face(face), FaceState.Field)), cancellationToken);
            if (read.Any(text => RedisJson.Read(text, RedisJson.Default.FaceState) is { } face && face.Spaces.Contains(space.Number) && !face.Spaces.Intersect(others).Any()))
            {
                return true;
            }
        }

        return false;
    }

    private static void RequireValid(FaceEnrolment face)
    {
        if (face.Embeddings.Count == 0)
        {
            throw new ArgumentException("A face to be enrolled has at least one embedding.", nameof(face));
        }

        if (face.Embeddings.Select(static embedding => embedding.Space).Distinct().Count() < face.Embeddings.Count)
        {
            throw new ArgumentException("A face to be enrolled has one embedding of each space.", nameof(face));
        }

        if (face.ContentHash.Length != 64 || !face.ContentHash.All(char.IsAsciiHexDigit))
        {
            throw new ArgumentException("A content hash has 64 hexadecimal digits.", nameof(face));
        }

        foreach (var (space, embedding) in face.Embeddings)
        {
            RequireDimension(space, embedding);
        }
    }

    private static void RequireDimension(EmbeddingSpace space, Embedding embedding)
    {
        if (embedding.Dimension != space.Dimension)
        {
            throw new ArgumentException($"An embedding of {embedding.Dimension} numbers is not of a space of {space.Dimension}.", nameof(embedding));
        }
    }

    /// <summary>Those of some faces that are there, with their vectors of a space if one is given.</summary>
    private async Task<List<ReadFace>> ReadFacesAsync(GalleryKeys keys, IReadOnlyList<long> faces, SpaceState? space, CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        RedisValue[] fields = space is null ? [FaceState.Field] : [FaceState.Field, FaceState.VectorField(space.Number)];
        List<ReadFace> found = new(faces.Count);
        Dictionary<long, string?> names = [];
        foreach (long[] page in faces.Chunk(PageOfFaces))
        {
            var read = await _link.AskAllAsync(page.Select(face => database.HashGetAsync(keys.Face(face), fields)), cancellationToken);
            FaceState?[] states = [.. read.Select(static values => RedisJson.Read(values[0], RedisJson.Default.FaceState))];
            long[] subjects = [.. states.OfType<FaceState>().Select(static face => face.Subject).Distinct().Where(subject => !names.ContainsKey(subject))];
            var texts = await _link.AskAllAsync(subjects.Select(subject => database.StringGetAsync(keys.Subject(subject))), cancellationToken);
            foreach (var (subject, text) in subjects.Zip(texts))
            {
                names.Add(subject, RedisJson.Read(text, RedisJson.Default.SubjectState)?.Name);
            }

            for (int i = 0; i < page.Length; i++)
            {
                // Without a name: it was removed after it was read.
                if (states[i] is { } state && names[state.Subject] is { } name)
                {
                    var vector = space is null ? RedisValue.Null : read[i][1];
                    found.Add(new(
                        state.ToFace(page[i], name),
                        state.Subject,
                        vector.IsNull ? null : VectorBytes.Read(((ReadOnlyMemory<byte>)vector).Span, space!.Space.Dimension)));
                }
            }
        }

        return found;
    }

    private readonly record struct ReadFace(EnrolledFace Face, long Subject, float[]? Vector);
}
