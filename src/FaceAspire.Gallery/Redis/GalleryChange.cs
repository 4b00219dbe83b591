using System.Globalization;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using FaceAspire.Vision.Recognition;
using StackExchange.Redis;

namespace FaceAspire.Gallery.Redis;

/// <summary>A change of one gallery that is being planned: what was read, and the commands that are to be run together. It is made only if the gallery is still as it was
/// when planning began, and else planned again.</summary>
internal sealed class GalleryChange(GalleryLink link, IDatabase database, string gallery, RedisValue before, GalleryState state, DateTimeOffset now)
{
    /// <summary>How many changes are remembered for those who keep vectors in memory; who is further behind reads all of them.</summary>
    public const int RememberedChanges = 1_024;

    // Long lists of commands hold the server up, and thousands of replies at once the client.
    private const int ReadTogether = 256;

    private readonly List<Func<IDatabaseAsync, Task>> _commands = [];
    private readonly SortedSet<long> _touched = [];
    private readonly Dictionary<long, FaceState> _faces = [];
    private readonly HashSet<long> _changedFaces = [];
    private readonly Dictionary<long, SubjectState> _subjects = [];
    private readonly Dictionary<long, int> _facesOf = [];
    private readonly Dictionary<string, long?> _numbers = new(StringComparer.Ordinal);

    /// <summary>The gallery's keys.</summary>
    public GalleryKeys Keys { get; } = new(gallery, state.Generation);

    /// <summary>The gallery as it will be.</summary>
    public GalleryState State => state;

    /// <summary>Whether there is no such gallery yet.</summary>
    public bool IsNew => before.IsNull;

    /// <summary>Whether the gallery goes.</summary>
    public bool Ends { get; set; }

    /// <summary>Whether there is anything to be done.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>When the change is made, in whole milliseconds.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The faces that it adds, changes or removes.</summary>
    public IReadOnlyCollection<long> Touched => _touched;

    /// <summary>Waits for a command that reads.</summary>
    public Task<T> AskAsync<T>(Func<IDatabase, Task<T>> read, CancellationToken cancellationToken) => link.AskAsync(read(database), cancellationToken);

    /// <summary>Adds a command.</summary>
    public void Run(Func<IDatabaseAsync, Task> command)
    {
        _commands.Add(command);
        IsEmpty = false;
    }

    /// <summary>Says that the gallery's state alone changes.</summary>
    public void Note() => IsEmpty = false;

    /// <summary>Reads faces into the plan; those that are not there are null.</summary>
    public async Task<FaceState?[]> ReadFacesAsync(IReadOnlyCollection<long> faces, CancellationToken cancellationToken)
    {
        foreach (long[] page in faces.Where(face => !_faces.ContainsKey(face)).Distinct().Chunk(ReadTogether))
        {
            var read = await link.AskAllAsync(page.Select(face => database.HashGetAsync(Keys.Face(face), FaceState.Field)), cancellationToken);
            for (int i = 0; i < page.Length; i++)
            {
                if (RedisJson.Read(read[i], RedisJson.Default.FaceState) is { } face)
                {
                    _faces.Add(page[i], face);
                }
            }
        }

        return [.. faces.Select(face => _faces.GetValueOrDefault(face))];
    }

    /// <summary>The faces of pictures, by picture, read into the plan.</summary>
    public async Task<ILookup<string, long>> ReadFacesOfAsync(IEnumerable<string> contentHashes, CancellationToken cancellationToken)
    {
        List<(string Hash, long Face)> found = [];
        foreach (string[] page in contentHashes.Distinct(StringComparer.Ordinal).Chunk(ReadTogether))
        {
            var read = await link.AskAllAsync(page.Select(hash => database.SortedSetRangeByRankAsync(Keys.Content(hash))), cancellationToken);
            found.AddRange(page.Zip(read).SelectMany(static pair => pair.Second.Select(face => (pair.First, (long)face))));
        }

        await ReadFacesAsync([.. found.Select(static each => each.Face)], cancellationToken);
        return found.ToLookup(static each => each.Hash, static each => each.Face, StringComparer.Ordinal);
    }

    /// <summary>The numbers of subjects by name; null for those that are not there.</summary>
    public async Task<IReadOnlyDictionary<string, long?>> ReadNumbersAsync(IEnumerable<string> names, CancellationToken cancellationToken)
    {
        foreach (string[] page in names.Where(name => !_numbers.ContainsKey(name)).Distinct(StringComparer.Ordinal).Chunk(ReadTogether))
        {
            var read = await AskAsync(db => db.HashGetAsync(Keys.SubjectNumbers, [.. page.Select(static name => (RedisValue)name)]), cancellationToken);
            for (int i = 0; i < page.Length; i++)
            {
                _numbers[page[i]] = read[i].IsNull ? null : (long)read[i];
            }
        }

        return _numbers;
    }

    /// <summary>A subject that is there, and how many faces it has.</summary>
    public async Task<(SubjectState Subject, int Faces)> ReadSubjectAsync(long subject, CancellationToken cancellationToken)
    {
        if (!_subjects.TryGetValue(subject, out var known))
        {
            var (text, faces) = (database.StringGetAsync(Keys.Subject(subject)), database.SortedSetLengthAsync(Keys.FacesOf(subject)));
            known = RedisJson.Read(await link.AskAsync(text, cancellationToken), RedisJson.Default.SubjectState)
                ?? throw new GalleryChangedException();
            _subjects.Add(subject, known);
            _facesOf.Add(subject, (int)await link.AskAsync(faces, cancellationToken));
        }

        return (known, _facesOf[subject]);
    }

    /// <summary>A subject that was read, as callers see it.</summary>
    public SubjectEntry EntryOf(long subject) => new(_subjects[subject].Name, _facesOf[subject], _subjects[subject].Metadata, _subjects[subject].CreatedAt);

    /// <summary>A face that was read.</summary>
    public FaceState Face(long face) => _faces[face];

    /// <summary>The number of a subject, which is made when it is not there; its number must have been read.</summary>
    public async Task<long> RequireSubjectAsync(string name, CancellationToken cancellationToken)
    {
        if (_numbers[name] is { } known)
        {
            await ReadSubjectAsync(known, cancellationToken);
            return known;
        }

        long subject = state.NextSubject++;
        state.Subjects++;
        _numbers[name] = subject;
        _subjects.Add(subject, new() { Name = name, CreatedAt = now });
        _facesOf.Add(subject, 0);
        PutSubject(subject);
        Run(db => db.HashSetAsync(Keys.SubjectNumbers, name, subject));
        Run(db => db.SortedSetAddAsync(Keys.SubjectNames, name, 0));
        return subject;
    }

    /// <summary>Writes a subject as the plan has it.</summary>
    public void PutSubject(long subject)
    {
        var text = RedisJson.Write(_subjects[subject], RedisJson.Default.SubjectState);
        Run(db => db.StringSetAsync(Keys.Subject(subject), text));
    }

    /// <summary>Gives a subject another name, which is free.</summary>
    public void Rename(long subject, string newName)
    {
        string oldName = _subjects[subject].Name;
        _subjects[subject].Name = newName;
        PutSubject(subject);
        Run(db => db.HashDeleteAsync(Keys.SubjectNumbers, oldName));
        Run(db => db.HashSetAsync(Keys.SubjectNumbers, newName, subject));
        Run(db => db.SortedSetRemoveAsync(Keys.SubjectNames, oldName));
        Run(db => db.SortedSetAddAsync(Keys.SubjectNames, newName, 0));
    }

    /// <summary>Replaces a subject's metadata.</summary>
    public void SetMetadata(long subject, IReadOnlyDictionary<string, string> metadata)
    {
        foreach (var (name, value) in _subjects[subject].Metadata)
        {
            Run(db => db.SetRemoveAsync(Keys.Metadata(name, value), subject));
        }

        foreach (var (name, value) in metadata)
        {
            Run(db => db.SetAddAsync(Keys.Metadata(name, value), subject));
        }

        _subjects[subject].Metadata = new(metadata);
        PutSubject(subject);
    }

    /// <summary>The space's state; one that the gallery does not have begins.</summary>
    public async Task<SpaceState> RequireSpaceAsync(EmbeddingSpace space, CancellationToken cancellationToken)
    {
        if (state.Find(space) is { } known)
        {
            return known;
        }

        SpaceLimit.ThrowIfReached(state.Spaces.Count);
        bool isFirst = state.Spaces.Count == 0;
        SpaceState begun = new()
        {
            Number = state.NextSpace++,
            Space = space,
            HasVectorSet = await link.HasVectorSetsAsync(cancellationToken),
            IsComplete = isFirst,
            IsActive = isFirst,
        };
        state.Spaces.Add(begun);
        return begun;
    }

    /// <summary>Ids for new faces: of no other face in any gallery, and larger than any of this one, so that who goes through the faces by id meets them.</summary>
    public async Task<long> TakeIdsAsync(int count, CancellationToken cancellationToken)
    {
        long last = await AskAsync(db => db.StringIncrementAsync(GalleryKeys.LastFace, count), cancellationToken);
        if (last - count < state.LastFace)
        {
            last = await AskAsync(db => db.StringIncrementAsync(GalleryKeys.LastFace, state.LastFace - (last - count) + count), cancellationToken);
        }

        state.LastFace = last;
        return last - count + 1;
    }

    /// <summary>Adds a face without vectors.</summary>
    public void AddFace(long id, FaceState face, ReadOnlyMemory<byte>? thumbnail)
    {
        _faces.Add(id, face);
        _facesOf[face.Subject]++;
        state.Faces++;
        Change(id);
        if (thumbnail is { } picture)
        {
            Run(db => db.HashSetAsync(Keys.Face(id), FaceState.ThumbnailField, picture));
        }

        Run(db => db.SortedSetAddAsync(Keys.Faces, id, id));
        Run(db => db.SortedSetAddAsync(Keys.FacesOf(face.Subject), id, id));
        Run(db => db.SortedSetAddAsync(Keys.Content(face.ContentHash), id, id));
    }

    /// <summary>Gives a face a vector, in the place of what it has of the space.</summary>
    public void PutVector(long id, SpaceState space, Embedding embedding)
    {
        var face = _faces[id];
        if (!face.Spaces.Contains(space.Number))
        {
            face.Spaces.Add(space.Number);
            space.Faces++;
        }

        double norm = Math.Sqrt(SumOfSquares(embedding.Values.Span));
        space.ShortestNorm = Math.Min(space.ShortestNorm, norm);
        space.LongestNorm = Math.Max(space.LongestNorm, norm);
        byte[] bytes = VectorBytes.Of(embedding.Values.Span);
        Run(db => db.HashSetAsync(Keys.Face(id), FaceState.VectorField(space.Number), bytes));
        Change(id);
    }

    /// <summary>Gives a face another subject, of which and of the old one the numbers of faces must have been read.</summary>
    public void Give(long id, long subject)
    {
        var face = _faces[id];
        long old = face.Subject;
        face.Subject = subject;
        _facesOf[old]--;
        _facesOf[subject]++;
        Change(id);
        Run(db => db.SortedSetRemoveAsync(Keys.FacesOf(old), id));
        Run(db => db.SortedSetAddAsync(Keys.FacesOf(subject), id, id));
    }

    /// <summary>Writes a face as the plan has it when the change is made.</summary>
    public void Change(long id)
    {
        _changedFaces.Add(id);
        _touched.Add(id);
        IsEmpty = false;
    }

    /// <summary>Removes a face, of whose subject the number of faces must have been read.</summary>
    public void RemoveFace(long id)
    {
        var face = _faces[id];
        _facesOf[face.Subject]--;
        state.Faces--;
        foreach (var space in state.Spaces.Where(space => face.Spaces.Contains(space.Number)))
        {
            space.Faces--;
        }

        _changedFaces.Remove(id);
        _touched.Add(id);
        Run(db => db.KeyDeleteAsync(Keys.Face(id)));
        Run(db => db.SortedSetRemoveAsync(Keys.Faces, id));
        Run(db => db.SortedSetRemoveAsync(Keys.FacesOf(face.Subject), id));
        Run(db => db.SortedSetRemoveAsync(Keys.Content(face.ContentHash), id));
    }

    /// <summary>Removes a subject that has no face left; a gallery without faces is as one that never had any.</summary>
    public void RemoveIfEmpty(long subject)
    {
        if (_facesOf[subject] > 0)
        {
            return;
        }

        var gone = _subjects[subject];
        state.Subjects--;
        foreach (var (name, value) in gone.Metadata)
        {
            Run(db => db.SetRemoveAsync(Keys.Metadata(name, value), subject));
        }

        Run(db => db.KeyDeleteAsync(Keys.Subject(subject)));
        Run(db => db.HashDeleteAsync(Keys.SubjectNumbers, gone.Name));
        Run(db => db.SortedSetRemoveAsync(Keys.SubjectNames, gone.Name));
        if (state.Faces == 0)
        {
            foreach (var space in state.Spaces)
            {
                state.RemovedSpaces.Add(space.Number);
            }

            state.Spaces.Clear();
        }
    }

    /// <summary>Makes the change, if the gallery is as it was.</summary>
    /// <returns>Marks of what must now be done in the vector sets; null when somebody else was faster.</returns>
    public async Task<IReadOnlyList<(long Face, RedisValue Mark)>?> CommitAsync(CancellationToken cancellationToken)
    {
        state.Stamp = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        List<(long, RedisValue)> marks = [];
        if (_touched.Count > 0 && !Ends)
        {
            Remember(marks);
        }

        var transaction = database.CreateTransaction();
        var key = GalleryKeys.State(gallery);
        transaction.AddCondition(IsNew ? Condition.KeyNotExists(key) : Condition.StringEqual(key, before));
        List<Task> answers =
        [
            Ends ? transaction.KeyDeleteAsync(key) : transaction.StringSetAsync(key, RedisJson.Write(state, RedisJson.Default.GalleryState)),
            .. _changedFaces.Select(face => transaction.HashSetAsync(Keys.Face(face), FaceState.Field, RedisJson.Write(_faces[face], RedisJson.Default.FaceState))),
            .. _commands.Select(command => command(transaction)),
        ];
        if (!await link.AskAsync(transaction.ExecuteAsync(), cancellationToken))
        {
            return null;
        }

        // All of them have been answered; one that was refused although the others were not is a fault that must be seen.
        await link.AskAsync(AllAsync(answers), cancellationToken);
        return marks;
    }

    private static async Task<bool> AllAsync(List<Task> answers)
    {
        await Task.WhenAll(answers);
        return true;
    }

    private static double SumOfSquares(ReadOnlySpan<float> vector)
    {
        double[] wide = new double[vector.Length];
        TensorPrimitives.ConvertChecked(vector, wide);
        return TensorPrimitives.SumOfSquares<double>(wide);
    }

    private void Remember(List<(long Face, RedisValue Mark)> marks)
    {
        state.Change++;
        state.ChangeStamp = state.Stamp;
        RedisValue entry = string.Create(CultureInfo.InvariantCulture, $"{state.Change}:{state.Stamp}:{string.Join(',', _touched)}");
        Run(db => db.SortedSetAddAsync(Keys.Changes, entry, state.Change));
        Run(db => db.SortedSetRemoveRangeByRankAsync(Keys.Changes, 0, -RememberedChanges - 1));
        if (state.Spaces.Exists(static space => space.HasVectorSet))
        {
            marks.AddRange(_touched.Select(face => (face, (RedisValue)string.Create(CultureInfo.InvariantCulture, $"{face}:{state.Stamp}"))));
            SortedSetEntry[] entries = [.. marks.Select(mark => new SortedSetEntry(mark.Mark, now.ToUnixTimeMilliseconds()))];
            Run(db => db.SortedSetAddAsync(Keys.Unsettled, entries));
        }
    }
}

/// <summary>Two things that were read of a gallery do not fit together: somebody else changed it between them.</summary>
internal sealed class GalleryChangedException() : Exception("The gallery does not fit together.");
