using System.Collections.Concurrent;
using FaceAspire.Contracts.Errors;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

public sealed partial class RedisFaceGallery
{
    // Of so few faces all vectors are read and compared: 512 kB at 512 numbers.
    private const int FewFaces = 256;

    // The same for the faces of the subjects that a search is limited to.
    private const int FewWantedFaces = 2_048;

    // Whose faces are counted before a search.
    private const int MaxCountedSubjects = 256;

    // What a list in a filter of Garnet 2.2.8 can hold.
    private const int MaxFilteredSubjects = 64;

    // A vector set is searched along its links until it has met enough vectors that pass; where fewer than one in eight does, it is not relied upon.
    private const int MinWantedShare = 8;

    // More than are wanted, since their order by the vector set is approximate.
    private const int MinCandidates = 100;
    private const int CandidatesPerWanted = 4;
    private const int MaxApproximateTopK = 256;

    // Vectors of about one length have one order by angle and by raw distance, up to what ranking the candidates makes good.
    private const double SameNorm = 1.001;

    private const int MaxIndexes = 64;

    // Less than sweeps are apart.
    private static readonly TimeSpan _lookAfterEvery = TimeSpan.FromSeconds(25);

    private readonly ConcurrentDictionary<(string Gallery, string Generation, int Space), RedisIndex> _indexes = new();

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
        var state = await StateOfAsync(gallery, cancellationToken);
        if (state is null)
        {
            Forget(gallery, null);
        }

        if (state?.Find(space) is not { } searched || probes.Count == 0)
        {
            return Nothing(probes.Count);
        }

        GalleryKeys keys = new(gallery, state.Generation);
        var subjects = await ResolveAsync(keys, search, cancellationToken);
        if (subjects is { Count: 0 })
        {
            return Nothing(probes.Count);
        }

        return await TrySearchSetAsync(gallery, keys, searched, probes, search, subjects, cancellationToken)
            ?? await SearchIndexAsync(gallery, keys, state, searched, probes, search, subjects, cancellationToken);
    }

    /// <summary>How many spaces are kept in the memory of this process.</summary>
    internal int SpacesInMemory => _indexes.Count;

    /// <summary>How many faces those have by now.</summary>
    internal int FacesInMemory => _indexes.Values.Sum(static index => index.Faces);

    private static IReadOnlyList<IReadOnlyList<FaceMatch>> Nothing(int probes) => [.. Enumerable.Repeat<IReadOnlyList<FaceMatch>>([], probes)];

    /// <summary>Whether the nearest by angle, which a vector set finds, are the nearest by this metric.</summary>
    private static bool FollowsAngle(SpaceState space, DistanceMetric metric) =>
        space.ShortestNorm > 0 && (metric != DistanceMetric.Euclidean || space.LongestNorm <= SameNorm * space.ShortestNorm);

    /// <summary>The nearest of some faces, in order.</summary>
    private static IReadOnlyList<FaceMatch> Rank(IEnumerable<ReadFace> faces, Embedding probe, FaceSearch search) =>
    [
        .. faces
            .Where(static face => face.Vector is not null)
            .Select(face => (face.Face, Distance: EmbeddingDistance.Unrounded(probe.Values.Span, face.Vector, search.Metric)))
            .Where(match => EmbeddingDistance.Round(match.Distance) <= search.MaxDistance)
            .OrderBy(static match => match.Distance)
            .ThenBy(static match => match.Face.Id)
            .Take(search.TopK)
            .Select(static match => new FaceMatch(match.Face, EmbeddingDistance.Round(match.Distance))),
    ];

    /// <summary>The numbers of the subjects that are wanted; null for all.</summary>
    private async Task<HashSet<long>?> ResolveAsync(GalleryKeys keys, FaceSearch search, CancellationToken cancellationToken)
    {
        HashSet<long>? wanted = null;
        var database = await _link.OpenAsync(cancellationToken);
        if (search.Subjects is { } names)
        {
            wanted = [];
            foreach (string[] page in names.Chunk(PageOfFaces))
            {
                var numbers = await _link.AskAsync(database.HashGetAsync(keys.SubjectNumbers, [.. page.Select(static name => (RedisValue)name)]), cancellationToken);
                wanted.UnionWith(numbers.Where(static number => !number.IsNull).Select(static number => (long)number));
            }
        }

        if (search.Metadata is { Count: > 0 } metadata)
        {
            RedisKey[] sets = [.. metadata.Select(item => keys.Metadata(item.Key, item.Value))];
            var numbers = await _link.AskAsync(database.SetCombineAsync(SetOperation.Intersect, sets), cancellationToken);
            HashSet<long> having = [.. numbers.Select(static number => (long)number)];
            having.IntersectWith(wanted ?? having);
            wanted = having;
        }

        return wanted;
    }

    /// <summary>Searches by vector set, or all vectors where they are few; null where that cannot be relied upon.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<FaceMatch>>?> TrySearchSetAsync(
        string gallery,
        GalleryKeys keys,
        SpaceState space,
        IReadOnlyList<Embedding> probes,
        FaceSearch search,
        HashSet<long>? subjects,
        CancellationToken cancellationToken)
    {
        if (!space.HasVectorSet || !await _link.HasVectorSetsAsync(cancellationToken))
        {
            return null;
        }

        await LookAfterAsync(gallery, keys, cancellationToken);
        if (await FewFacesAsync(keys, space, subjects, cancellationToken) is { } few)
        {
            var all = await ReadFacesAsync(keys, few, space, cancellationToken);
            return [.. probes.Select(probe => Rank(all, probe, search))];
        }

        byte[]?[] units = [.. probes.Select(static probe => VectorSets.Unit(probe.Values.Span))];
        if (search.TopK > MaxApproximateTopK || !FollowsAngle(space, search.Metric) || units.Contains(null))
        {
            return null;
        }

        int count = Math.Max(MinCandidates, CandidatesPerWanted * search.TopK);
        bool isFiltered = subjects?.Count <= MaxFilteredSubjects;
        if (subjects is not null)
        {
            long wanted = await CountFacesAsync(keys, subjects, cancellationToken);
            if (wanted < space.Faces / MinWantedShare)
            {
                return null;
            }

            // Without a filter the nearest of all are taken, so many that those who are wanted are among them.
            count = isFiltered ? count : (int)(count * Math.Max(1, space.Faces / (double)wanted));
        }

        long[][] candidates = await Task.WhenAll(units.Select(unit => _sets.SearchAsync(keys, space.Number, unit!, count, isFiltered ? subjects : null, cancellationToken)));
        var read = await ReadFacesAsync(keys, [.. candidates.SelectMany(static each => each).Distinct()], space, cancellationToken);
        var faces = read.Where(face => subjects?.Contains(face.Subject) ?? true).ToDictionary(static face => face.Face.Id);
        List<ReadFace>[] found = [.. candidates.Select(each => each.Where(faces.ContainsKey).Select(face => faces[face]).ToList())];
        return subjects is not null && Array.Exists(found, each => each.Count < search.TopK)
            ? null
            : [.. found.Zip(probes).Select(pair => Rank(pair.First, pair.Second, search))];
    }

    /// <summary>The faces that are wanted, if they are few.</summary>
    private async Task<IReadOnlyList<long>?> FewFacesAsync(GalleryKeys keys, SpaceState space, HashSet<long>? subjects, CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        if (subjects is null)
        {
            // More than there should be are asked for: those of other spaces are among them, and what was added since the state was read.
            var all = space.Faces > FewFaces ? null : await _link.AskAsync(database.SortedSetRangeByRankAsync(keys.Faces, 0, (2 * FewFaces) - 1), cancellationToken);
            return all is null || all.Length == 2 * FewFaces ? null : [.. all.Select(static face => (long)face)];
        }

        if (subjects.Count > MaxCountedSubjects)
        {
            return null;
        }

        var read = await _link.AskAllAsync(subjects.Select(subject => database.SortedSetRangeByRankAsync(keys.FacesOf(subject), 0, FewWantedFaces)), cancellationToken);
        return read.Sum(static faces => faces.Length) > FewWantedFaces ? null : [.. read.SelectMany(static faces => faces).Select(static face => (long)face)];
    }

    /// <summary>How many faces some subjects have; none where that would take long.</summary>
    private async Task<long> CountFacesAsync(GalleryKeys keys, HashSet<long> subjects, CancellationToken cancellationToken)
    {
        if (subjects.Count > MaxCountedSubjects)
        {
            return 0;
        }

        var database = await _link.OpenAsync(cancellationToken);
        return (await _link.AskAllAsync(subjects.Select(subject => database.SortedSetLengthAsync(keys.FacesOf(subject))), cancellationToken)).Sum();
    }

    /// <summary>Searches the vectors in memory.</summary>
    private async Task<IReadOnlyList<IReadOnlyList<FaceMatch>>> SearchIndexAsync(
        string gallery,
        GalleryKeys keys,
        GalleryState state,
        SpaceState space,
        IReadOnlyList<Embedding> probes,
        FaceSearch search,
        HashSet<long>? subjects,
        CancellationToken cancellationToken)
    {
        VectorSearch wanted = new(search.Metric, search.TopK, search.MaxDistance, subjects is null ? null : (_, subject) => subjects.Contains(subject));
        IReadOnlyList<IReadOnlyList<VectorHit>> hits;
        try
        {
            hits = await IndexOf(gallery, keys, state, space).SearchAsync(state, probes, wanted, cancellationToken);
        }
        catch (Exception failure) when (failure is ObjectDisposedException or GalleryChangedException && !_ending.IsCancellationRequested)
        {
            // Freed since it was picked, or while it was read: the space is gone, or others were searched meanwhile.
            var now = await StateOfAsync(gallery, cancellationToken);
            if (now?.Generation != state.Generation || now.Find(space.Space)?.Number != space.Number)
            {
                return Nothing(probes.Count);
            }

            try
            {
                hits = await IndexOf(gallery, keys, now, space).SearchAsync(now, probes, wanted, cancellationToken);
            }
            catch (Exception again) when (again is ObjectDisposedException or GalleryChangedException && !_ending.IsCancellationRequested)
            {
                throw Busy();
            }
        }

        var read = await ReadFacesAsync(keys, [.. hits.SelectMany(static each => each).Select(static hit => hit.Face).Distinct()], null, cancellationToken);
        var faces = read.ToDictionary(static face => face.Face.Id, static face => face.Face);
        return [.. hits.Select(each => each.Where(hit => faces.ContainsKey(hit.Face)).Select(hit => new FaceMatch(faces[hit.Face], hit.Distance)).ToList())];
    }

    private RedisIndex IndexOf(string gallery, GalleryKeys keys, GalleryState state, SpaceState space)
    {
        var key = (gallery, state.Generation, space.Number);
        if (!_indexes.TryGetValue(key, out var index))
        {
            Forget(gallery, state);
            RedisIndex made = new(_link, keys, space, _time);
            index = _indexes.GetOrAdd(key, made);
            if (index != made)
            {
                made.Dispose();
            }
        }

        // Also of those that were there before: they grow.
        while (_indexes.Count > MaxIndexes || _indexes.Values.Sum(static each => each.Bytes) > _memoryLimit)
        {
            var others = _indexes.Where(other => other.Value != index).ToList();
            if (others.Count == 0)
            {
                Remove(key);
                throw new FaceAspireException(
                    ErrorCode.ServiceUnavailable, "The gallery's embeddings do not fit into the memory of this process. Give it more, or use a Redis with vector sets.");
            }

            Remove(others.MinBy(static other => other.Value.LastUsed).Key);
        }

        return index;
    }

    /// <summary>Frees the vectors in memory of spaces that a gallery does not have any more; of all without a state.</summary>
    private void Forget(string gallery, GalleryState? state)
    {
        foreach (var key in _indexes.Keys.Where(key => key.Gallery == gallery))
        {
            if (key.Generation != state?.Generation || !state.Spaces.Exists(space => space.Number == key.Space))
            {
                Remove(key);
            }
        }
    }

    private void ForgetAll()
    {
        foreach (var key in _indexes.Keys)
        {
            Remove(key);
        }
    }

    private void Remove((string, string, int) key)
    {
        if (_indexes.TryRemove(key, out var index))
        {
            index.Dispose();
        }
    }
}
