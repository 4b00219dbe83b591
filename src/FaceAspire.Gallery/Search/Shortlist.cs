namespace FaceAspire.Gallery.Search;

/// <summary>What one thread knows of the answer to one probe: rows that may be in it, by their codes, and the nearest of those whose vectors were compared.</summary>
internal sealed class Shortlist(int wanted)
{
    private const int InitialLimit = 512;

    private readonly List<Candidate> _candidates = new(InitialLimit);

    // The best of the scores that rows have at least, their signs turned: the last of them is what others must reach.
    private readonly NearestRows _certain = new(wanted);
    private int _limit = InitialLimit;

    /// <summary>A row that may be in the answer.</summary>
    /// <param name="Most">Score that it has at most.</param>
    /// <param name="Row">Where it is.</param>
    /// <param name="Checksum">What it held.</param>
    internal readonly record struct Candidate(double Most, int Row, ulong Checksum);

    /// <summary>The nearest rows whose vectors were compared.</summary>
    public NearestRows Nearest { get; } = new(wanted);

    /// <summary>Rows that were not compared yet; the most promising first after <see cref="Sort"/>.</summary>
    public IReadOnlyList<Candidate> Candidates => _candidates;

    /// <summary>Takes a row.</summary>
    /// <param name="candidate">The row.</param>
    /// <param name="certain">Score that it has at least.</param>
    /// <param name="isCertain">Whether with that score it is near enough to be wanted.</param>
    /// <param name="least">Score that is still wanted; rows that have less at most are forgotten from time to time.</param>
    /// <returns>Score that as many rows as wanted have; minus infinity while there are too few.</returns>
    public double Add(in Candidate candidate, double certain, bool isCertain, double least)
    {
        if (_candidates.Count == _limit)
        {
            _candidates.RemoveAll(other => other.Most < least);
            _limit = Math.Max(_limit, 2 * _candidates.Count);
        }

        _candidates.Add(candidate);
        if (isCertain)
        {
            _certain.Add(new(-certain, Face: 0, candidate.Row, Subject: 0));
        }

        return _certain.IsFull ? -_certain.Farthest : double.NegativeInfinity;
    }

    /// <summary>Puts the most promising first.</summary>
    public void Sort() => _candidates.Sort(static (a, b) => b.Most.CompareTo(a.Most));

    /// <summary>Forgets the candidates.</summary>
    public void Clear() => _candidates.Clear();
}
