using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FaceAspire.Contracts.Errors;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>Galleries in Redis, for any number of processes. A change is part of every search that begins afterwards, in whatever process.</summary>
/// <remarks><para>A change is one transaction, made only if the gallery is still as it was when the change was planned; who was slower plans again. What was changed and
/// confirmed is as safe as the server keeps it: it must write an append-only file (<c>appendonly yes</c>; with <c>appendfsync everysec</c> the loss of power may cost the
/// last second, with <c>always</c> nothing), must not evict (<c>maxmemory-policy noeviction</c>), and after a failover has what was replicated.</para>
/// <para>Searches: by vector set where the server has them, approximately as to which faces are found and exactly as to their distances and order; exactly for galleries and
/// filters of few faces. What a vector set cannot answer (raw euclidean distance where vectors differ in length, hundreds of faces at once, narrow filters of many faces) and
/// everything on a server without vector sets is searched exactly in memory, which each process fills at the first such search.</para></remarks>
public sealed partial class RedisFaceGallery : IFaceGallery, IAsyncDisposable, IDisposable
{
    private const int PageOfFaces = 256;
    private const int PageOfFiles = 1_000;

    private static readonly TimeSpan _changeLimit = TimeSpan.FromSeconds(15);

    private readonly GalleryLink _link;
    private readonly VectorSets _sets;
    private readonly TimeProvider _time;

    // One change at a time of a gallery from this process: they would only undo each other's plans.
    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(static _ => new SemaphoreSlim(1))];

    /// <summary>Notes the server; it is connected to by the first use.</summary>
    /// <param name="connectionString">As StackExchange.Redis has it.</param>
    /// <param name="logger">Hears when Redis is away and back.</param>
    /// <param name="time">The clock.</param>
    public RedisFaceGallery(string connectionString, ILogger<RedisFaceGallery> logger, TimeProvider time)
    {
        _link = new(connectionString, time, logger);
        _sets = new(_link, time);
        _time = time;
    }

    private DateTimeOffset Now => DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <inheritdoc/>
    public async Task<IReadOnlyList<GalleryEntry>> ListGalleriesAsync(CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        string[] names = [.. (await _link.AskAsync(database.SetMembersAsync(GalleryKeys.Galleries), cancellationToken)).Select(static name => (string)name!)];
        Array.Sort(names, StringComparer.Ordinal);
        List<GalleryEntry> galleries = new(names.Length);
        foreach (string[] page in names.Chunk(PageOfFaces))
        {
            var states = await _link.AskAllAsync(page.Select(name => database.StringGetAsync(GalleryKeys.State(name))), cancellationToken);
            galleries.AddRange(page.Zip(states.Select(Read)).Where(static pair => pair.Second is not null).Select(static pair => pair.Second!.ToEntry(pair.First)));
        }

        return galleries;
    }

    /// <inheritdoc/>
    public async Task<GalleryEntry?> FindGalleryAsync(string gallery, CancellationToken cancellationToken) => (await StateOfAsync(gallery, cancellationToken))?.ToEntry(gallery);

    /// <inheritdoc/>
    public async Task<string?> ReadNoteAsync(string name, CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        return await _link.AskAsync(database.HashGetAsync(GalleryKeys.Notes, name), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task WriteNoteAsync(string name, string text, CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        await _link.AskAsync(database.HashSetAsync(GalleryKeys.Notes, name, text), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<bool> CreateGalleryAsync(string gallery, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        change =>
        {
            bool isNew = change.IsNew;
            if (isNew)
            {
                change.Note();
            }

            return Task.FromResult(isNew);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async Task<bool> DeleteGalleryAsync(string gallery, CancellationToken cancellationToken)
    {
        bool wasThere = await ChangeAsync(
            gallery,
            change =>
            {
                if (!change.IsNew)
                {
                    change.Ends = true;
                    change.Run(db => db.HashSetAsync(GalleryKeys.Remains(gallery), change.State.Generation, change.State.NextSpace));
                }

                return Task.FromResult(!change.IsNew);
            },
            cancellationToken);
        Forget(gallery, null);
        await WipeRemainsAsync(gallery, cancellationToken);
        var database = await _link.OpenAsync(cancellationToken);
        await _link.AskAsync(database.SetRemoveAsync(GalleryKeys.Galleries, gallery), cancellationToken);
        if (await StateOfAsync(gallery, cancellationToken) is not null)
        {
            await _link.AskAsync(database.SetAddAsync(GalleryKeys.Galleries, gallery), cancellationToken); // made again meanwhile
        }

        return wasThere;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SubjectEntry>> ListSubjectsAsync(string gallery, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        if (limit == 0 || await KeysOfAsync(gallery, cancellationToken) is not { } keys)
        {
            return [];
        }

        var database = await _link.OpenAsync(cancellationToken);
        var names = await _link.AskAsync(
            database.SortedSetRangeByValueAsync(keys.SubjectNames, after is null ? default : (RedisValue)after, default, Exclude.Start, Order.Ascending, 0, limit),
            cancellationToken);
        List<SubjectEntry> subjects = new(names.Length);
        foreach (var page in names.Chunk(PageOfFaces))
        {
            var numbers = await _link.AskAsync(database.HashGetAsync(keys.SubjectNumbers, page), cancellationToken);
            var read = await ReadSubjectsAsync(database, keys, [.. numbers.Where(static number => !number.IsNull).Select(static number => (long)number)], cancellationToken);
            subjects.AddRange(read.OfType<SubjectEntry>());
        }

        return subjects;
    }

    /// <inheritdoc/>
    public async Task<SubjectEntry?> FindSubjectAsync(string gallery, string subject, CancellationToken cancellationToken)
    {
        if (await KeysOfAsync(gallery, cancellationToken) is not { } keys)
        {
            return null;
        }

        var database = await _link.OpenAsync(cancellationToken);
        var number = await _link.AskAsync(database.HashGetAsync(keys.SubjectNumbers, subject), cancellationToken);
        return number.IsNull ? null : (await ReadSubjectsAsync(database, keys, [(long)number], cancellationToken))[0];
    }

    /// <inheritdoc/>
    public Task<bool> SetMetadataAsync(string gallery, string subject, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        async change =>
        {
            if ((await change.ReadNumbersAsync([subject], cancellationToken))[subject] is not { } number)
            {
                return false;
            }

            await change.ReadSubjectAsync(number, cancellationToken);
            change.SetMetadata(number, metadata);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<SubjectEntry?> MoveSubjectAsync(string gallery, string subject, string newName, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        async change =>
        {
            var numbers = await change.ReadNumbersAsync([subject, newName], cancellationToken);
            if (numbers[subject] is not { } from)
            {
                return null;
            }

            await change.ReadSubjectAsync(from, cancellationToken);
            long to = numbers[newName] ?? from;
            if (numbers[newName] is null)
            {
                change.Rename(from, newName);
            }
            else if (from != to)
            {
                await MergeAsync(change, from, to, cancellationToken);
            }

            return change.EntryOf(to);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task<bool> DeleteSubjectAsync(string gallery, string subject, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        async change =>
        {
            if ((await change.ReadNumbersAsync([subject], cancellationToken))[subject] is not { } number)
            {
                return false;
            }

            await change.ReadSubjectAsync(number, cancellationToken);
            foreach (long face in await ReadFacesOfAsync(change, number, cancellationToken))
            {
                change.RemoveFace(face);
            }

            change.RemoveIfEmpty(number);
            return true;
        },
        cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<FolderFile> ListFilesAsync(string gallery, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await KeysOfAsync(gallery, cancellationToken) is not { } keys)
        {
            yield break;
        }

        RedisValue after = default;
        RedisValue[] page;
        do
        {
            var database = await _link.OpenAsync(cancellationToken);
            page = await _link.AskAsync(database.SortedSetRangeByValueAsync(keys.FilePaths, after, default, Exclude.Start, Order.Ascending, 0, PageOfFiles), cancellationToken);
            if (page.Length == 0)
            {
                break;
            }

            foreach (var file in await _link.AskAsync(database.HashGetAsync(keys.Files, page), cancellationToken))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (RedisJson.Read(file, RedisJson.Default.FolderFile) is { } known)
                {
                    yield return known;
                }
            }

            after = page[^1];
        }
        while (page.Length == PageOfFiles);
    }

    /// <inheritdoc/>
    public Task PutFilesAsync(string gallery, IReadOnlyList<FolderFile> files, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        change =>
        {
            HashEntry[] entries = [.. files.Select(static file => new HashEntry(file.Path, RedisJson.Write(file, RedisJson.Default.FolderFile)))];
            change.Note();
            if (entries.Length > 0)
            {
                change.Run(db => db.HashSetAsync(change.Keys.Files, entries));
                change.Run(db => db.SortedSetAddAsync(change.Keys.FilePaths, [.. entries.Select(static entry => new SortedSetEntry(entry.Name, 0))]));
            }

            return Task.FromResult(files.Count);
        },
        cancellationToken);

    /// <inheritdoc/>
    public Task RemoveFilesAsync(string gallery, IReadOnlyList<string> paths, CancellationToken cancellationToken) => ChangeAsync(
        gallery,
        change =>
        {
            if (!change.IsNew && paths.Count > 0)
            {
                RedisValue[] names = [.. paths.Select(static path => (RedisValue)path)];
                change.Run(db => db.HashDeleteAsync(change.Keys.Files, names));
                change.Run(db => db.SortedSetRemoveAsync(change.Keys.FilePaths, names));
            }

            return Task.FromResult(paths.Count);
        },
        cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        ForgetAll();
        await _link.DisposeAsync();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ForgetAll();
        _link.Dispose();
    }

    private static GalleryState? Read(RedisValue text) => RedisJson.Read(text, RedisJson.Default.GalleryState);

    private async Task<GalleryState?> StateOfAsync(string gallery, CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        return Read(await _link.AskAsync(database.StringGetAsync(GalleryKeys.State(gallery)), cancellationToken));
    }

    private async Task<GalleryKeys?> KeysOfAsync(string gallery, CancellationToken cancellationToken) =>
        await StateOfAsync(gallery, cancellationToken) is { } state ? new(gallery, state.Generation) : null;

    private async Task<SubjectEntry?[]> ReadSubjectsAsync(IDatabase database, GalleryKeys keys, long[] subjects, CancellationToken cancellationToken)
    {
        var texts = _link.AskAllAsync(subjects.Select(subject => database.StringGetAsync(keys.Subject(subject))), cancellationToken);
        var faces = _link.AskAllAsync(subjects.Select(subject => database.SortedSetLengthAsync(keys.FacesOf(subject))), cancellationToken);
        await Task.WhenAll(texts, faces);
        return
        [
            .. (await texts).Zip(await faces).Select(static pair => RedisJson.Read(pair.First, RedisJson.Default.SubjectState) is { } subject
                ? new SubjectEntry(subject.Name, (int)pair.Second, subject.Metadata, subject.CreatedAt)
                : null),
        ];
    }

    /// <summary>The ids of a subject's faces, which are read into the plan.</summary>
    private static async Task<long[]> ReadFacesOfAsync(GalleryChange change, long subject, CancellationToken cancellationToken)
    {
        var read = await change.AskAsync(db => db.SortedSetRangeByRankAsync(change.Keys.FacesOf(subject)), cancellationToken);
        long[] faces = [.. read.Select(static face => (long)face)];
        return (await change.ReadFacesAsync(faces, cancellationToken)).Contains(null) ? throw new GalleryChangedException() : faces;
    }

    /// <summary>Gives a subject the faces of another, which goes. Of a face that both have that of the one that stays is kept.</summary>
    private static async Task MergeAsync(GalleryChange change, long from, long to, CancellationToken cancellationToken)
    {
        var (source, _) = await change.ReadSubjectAsync(from, cancellationToken);
        var (target, _) = await change.ReadSubjectAsync(to, cancellationToken);
        long[] moving = await ReadFacesOfAsync(change, from, cancellationToken);
        HashSet<(string, int)> taken =
        [
            .. (await ReadFacesOfAsync(change, to, cancellationToken)).Select(change.Face).Select(static face => (face.ContentHash, face.FaceIndex)),
        ];
        foreach (long face in moving)
        {
            if (taken.Contains((change.Face(face).ContentHash, change.Face(face).FaceIndex)))
            {
                change.RemoveFace(face);
            }
            else
            {
                change.Give(face, to);
            }
        }

        if (source.CreatedAt < target.CreatedAt)
        {
            target.CreatedAt = source.CreatedAt;
            change.PutSubject(to);
        }

        change.RemoveIfEmpty(from);
    }

    /// <summary>Plans and makes a change, again when somebody else was faster.</summary>
    private async Task<T> ChangeAsync<T>(string gallery, Func<GalleryChange, Task<T>> plan, CancellationToken cancellationToken)
    {
        var turn = _turns[(uint)gallery.GetHashCode(StringComparison.Ordinal) % _turns.Length];
        int losses = _link.Losses;
        if (!await turn.WaitAsync(_changeLimit, cancellationToken))
        {
            throw Busy();
        }

        (T Answer, GalleryChange Change, IReadOnlyList<(long, RedisValue)> Marks) made;
        try
        {
            made = _link.Losses == losses ? await MakeAsync(gallery, plan, cancellationToken) : throw _link.Away();
        }
        finally
        {
            turn.Release();
        }

        if (made.Marks.Count > 0)
        {
            await _sets.SettleAsync(gallery, made.Change.Keys, made.Marks, cancellationToken);
        }

        if (made.Change.State.RemovedSpaces.Count > 0 && !made.Change.Ends)
        {
            await WipeSpacesAsync(gallery, made.Change, cancellationToken);
        }

        return made.Answer;
    }

    private async Task<(T Answer, GalleryChange Change, IReadOnlyList<(long Face, RedisValue Mark)> Marks)> MakeAsync<T>(
        string gallery, Func<GalleryChange, Task<T>> plan, CancellationToken cancellationToken)
    {
        long start = _time.GetTimestamp();
        for (int attempt = 0; ; attempt++)
        {
            var database = await _link.OpenAsync(cancellationToken);
            var before = await _link.AskAsync(database.StringGetAsync(GalleryKeys.State(gallery)), cancellationToken);
            var state = Read(before) ?? new() { Generation = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), CreatedAt = Now };
            GalleryChange change = new(_link, database, gallery, before, state, Now);
            try
            {
                var answer = await plan(change);
                if (change.IsEmpty)
                {
                    return (answer, change, []);
                }

                if (change.IsNew)
                {
                    await WipeRemainsAsync(gallery, cancellationToken);
                    await _link.AskAsync(database.SetAddAsync(GalleryKeys.Galleries, gallery), cancellationToken);
                }

                if (await change.CommitAsync(cancellationToken) is { } marks)
                {
                    return (answer, change, marks);
                }
            }
            catch (Exception failure) when (failure is not FaceAspireException and not OperationCanceledException)
            {
                // What is read while others change the gallery need not fit together, and nothing may be made of it; in a gallery that stayed the same it is a fault.
                if (await _link.AskAsync(database.StringGetAsync(GalleryKeys.State(gallery)), cancellationToken) == before)
                {
                    throw;
                }
            }

            if (_time.GetElapsedTime(start) > _changeLimit)
            {
                throw Busy();
            }

            await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * (4 << Math.Min(attempt, 5))), _time, cancellationToken);
        }
    }

    private static FaceAspireException Busy() =>
        new(ErrorCode.ServiceUnavailable, "The gallery is being changed by too many others at once.") { RetryAfter = GalleryLink.RetryAfter };

    /// <summary>Removes what is left of spaces that were removed.</summary>
    private async Task WipeSpacesAsync(string gallery, GalleryChange change, CancellationToken cancellationToken)
    {
        int[] spaces = [.. change.State.RemovedSpaces];
        Forget(gallery, change.State);
        var (keys, database) = (change.Keys, await _link.OpenAsync(cancellationToken));
        RedisValue[] fields = [.. spaces.Select(FaceState.VectorField)];
        await foreach (long[] page in PagesAsync(keys.Faces, cancellationToken))
        {
            await _link.AskAllAsync(page.Select(face => database.HashDeleteAsync(keys.Face(face), fields)), cancellationToken);
        }

        await _link.AskAllAsync(spaces.Select(space => database.KeyDeleteAsync(keys.Vectors(space))), cancellationToken);
        await MakeAsync(
            gallery,
            after =>
            {
                if (after.State.Generation == keys.Generation && after.State.RemovedSpaces.RemoveAll(spaces.Contains) > 0)
                {
                    after.Note();
                }

                return Task.FromResult(true);
            },
            cancellationToken);
    }

    /// <summary>Removes what is left of lives of a gallery that are over.</summary>
    private async Task WipeRemainsAsync(string gallery, CancellationToken cancellationToken)
    {
        var database = await _link.OpenAsync(cancellationToken);
        foreach (var life in await _link.AskAsync(database.HashGetAllAsync(GalleryKeys.Remains(gallery)), cancellationToken))
        {
            GalleryKeys keys = new(gallery, life.Name!);
            await foreach (long[] page in PagesAsync(keys.Faces, cancellationToken))
            {
                var faces = await _link.AskAllAsync(page.Select(face => database.HashGetAsync(keys.Face(face), FaceState.Field)), cancellationToken);
                RedisKey[] gone =
                [
                    .. page.Select(keys.Face),
                    .. faces.Select(static face => RedisJson.Read(face, RedisJson.Default.FaceState)).OfType<FaceState>().Select(face => keys.Content(face.ContentHash)),
                ];
                await _link.AskAsync(database.KeyDeleteAsync(gone), cancellationToken);
            }

            await foreach (long[] page in SubjectPagesAsync(keys, cancellationToken))
            {
                var subjects = await _link.AskAllAsync(page.Select(subject => database.StringGetAsync(keys.Subject(subject))), cancellationToken);
                RedisKey[] gone =
                [
                    .. page.Select(keys.Subject),
                    .. page.Select(keys.FacesOf),
                    .. subjects.Select(static subject => RedisJson.Read(subject, RedisJson.Default.SubjectState)).OfType<SubjectState>()
                        .SelectMany(subject => subject.Metadata.Select(item => keys.Metadata(item.Key, item.Value))),
                ];
                await _link.AskAsync(database.KeyDeleteAsync(gone), cancellationToken);
            }

            RedisKey[] rest = [keys.Faces, keys.SubjectNames, keys.SubjectNumbers, keys.Files, keys.FilePaths, keys.Changes, keys.Unsettled];
            await _link.AskAsync(database.KeyDeleteAsync(rest), cancellationToken);
            for (int space = 1; space < (int)life.Value; space++)
            {
                await _link.AskAsync(database.KeyDeleteAsync(keys.Vectors(space)), cancellationToken);
            }

            await _link.AskAsync(database.HashDeleteAsync(GalleryKeys.Remains(gallery), life.Name), cancellationToken);
        }
    }

    /// <summary>The ids of a sorted set of faces, by id.</summary>
    private async IAsyncEnumerable<long[]> PagesAsync(RedisKey faces, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        double after = 0;
        long[] page;
        do
        {
            var database = await _link.OpenAsync(cancellationToken);
            var read = await _link.AskAsync(database.SortedSetRangeByScoreAsync(faces, start: after, exclude: Exclude.Start, take: PageOfFaces), cancellationToken);
            page = [.. read.Select(static face => (long)face)];
            if (page.Length > 0)
            {
                yield return page;
                after = page[^1];
            }
        }
        while (page.Length == PageOfFaces);
    }

    /// <summary>The numbers of all subjects, by name.</summary>
    private async IAsyncEnumerable<long[]> SubjectPagesAsync(GalleryKeys keys, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RedisValue after = default;
        RedisValue[] page;
        do
        {
            var database = await _link.OpenAsync(cancellationToken);
            page = await _link.AskAsync(
                database.SortedSetRangeByValueAsync(keys.SubjectNames, after, default, Exclude.Start, Order.Ascending, 0, PageOfFaces), cancellationToken);
            if (page.Length > 0)
            {
                var numbers = await _link.AskAsync(database.HashGetAsync(keys.SubjectNumbers, page), cancellationToken);
                yield return [.. numbers.Where(static number => !number.IsNull).Select(static number => (long)number)];
                after = page[^1];
            }
        }
        while (page.Length == PageOfFaces);
    }
}
