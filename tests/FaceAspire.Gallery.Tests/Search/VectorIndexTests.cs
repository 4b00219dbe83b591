using System.Runtime.InteropServices;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;

namespace FaceAspire.Gallery.Tests.Search;

public sealed class VectorIndexTests : IDisposable
{
    private const int Dimension = 128;

    private readonly TempFolder _folder = new();

    public static TheoryData<bool> InFile => [true, false];

    public void Dispose() => _folder.Dispose();

    [Theory, MemberData(nameof(InFile))]
    public void Index_ChangesOfEveryKind_AreInTheNextSearch(bool inFile)
    {
        using var index = VectorIndex.Create(inFile ? _folder["a"] : null, Dimension);
        float[][] vectors = TestVectors.Make("random", 8, Dimension, seed: 1);

        index.Write(0, 10, 100, vectors[0]);
        index.Write(5, 15, 105, vectors[5]);
        (index.Rows, index.Count).ShouldBe((6, 2));
        Nearest(index, vectors[5], 9).Select(static hit => (hit.Row, hit.Face, hit.Subject)).ShouldBe([(5, 15, 105), (0, 10, 100)], ignoreOrder: false);

        index.Write(3, 13, 103, vectors[3]);
        index.Write(5, 25, 205, vectors[6]);
        (index.Rows, index.Count).ShouldBe((6, 3));
        Nearest(index, vectors[6], 1).Single().ShouldBe(new VectorHit(5, 25, 205, 0));

        index.Assign(3, 303);
        index.Assign(4, 304);
        index.Assign(999, 305);
        Nearest(index, vectors[3], 1).Single().ShouldBe(new VectorHit(3, 13, 303, 0));

        index.Remove(0);
        index.Remove(0);
        index.Remove(999);
        (index.Rows, index.Count).ShouldBe((6, 2));
        Nearest(index, vectors[0], 9).Select(static hit => hit.Face).ShouldBe([13, 25], ignoreOrder: true);

        index.Write(0, 30, 300, vectors[7]);
        Nearest(index, vectors[7], 1).Single().ShouldBe(new VectorHit(0, 30, 300, 0));
    }

    [Fact]
    public void TryOpen_AfterACheckpoint_HasEverything()
    {
        float[][] vectors = TestVectors.Make("random", 9_000, Dimension, seed: 2);
        using (var index = VectorIndex.Create(_folder["a"], Dimension))
        {
            Fill(index, vectors);
            index.Remove(17);
            index.Assign(18, 9_999);
            index.Checkpoint(41);
            index.Checkpoint(42);
            index.CheckpointedChange.ShouldBe(42);
        }

        using var opened = VectorIndex.TryOpen(_folder["a"], Dimension).ShouldNotBeNull();
        (opened.Rows, opened.Count, opened.CheckpointedChange).ShouldBe((9_000, 8_999, 42));
        opened.DamagedRows.ShouldBeEmpty();
        Nearest(opened, vectors[8_999], 1).Single().ShouldBe(new VectorHit(8_999, 9_000, 8_999, 0));
        Nearest(opened, vectors[18], 1).Single().ShouldBe(new VectorHit(18, 19, 9_999, 0));
        Nearest(opened, vectors[17], 1).Single().Row.ShouldNotBe(17);

        opened.Write(17, 5, 6, vectors[17]);
        Nearest(opened, vectors[17], 1).Single().ShouldBe(new VectorHit(17, 5, 6, 0));
    }

    [Fact]
    public void TryOpen_ClosedWithoutACheckpoint_HasTheRowsButNotTheChange()
    {
        float[][] vectors = TestVectors.Make("random", 100, Dimension, seed: 3);
        using (var index = VectorIndex.Create(_folder["a"], Dimension))
        {
            index.Write(0, 1, 0, vectors[0]);
            index.Checkpoint(7);
            Fill(index, vectors);
        }

        using var opened = VectorIndex.TryOpen(_folder["a"], Dimension).ShouldNotBeNull();
        (opened.Rows, opened.Count, opened.CheckpointedChange).ShouldBe((100, 100, 7));
        opened.DamagedRows.ShouldBeEmpty();
    }

    [Fact]
    public void Create_FileIsThere_ReplacesItUnderWhoHasItOpen()
    {
        float[][] vectors = TestVectors.Make("random", 100, Dimension, seed: 4);
        using var old = VectorIndex.Create(_folder["a"], Dimension);
        Fill(old, vectors);
        if (OperatingSystem.IsWindows())
        {
            return; // an open file cannot be deleted there
        }

        using var index = VectorIndex.Create(_folder["a"], Dimension);
        index.Count.ShouldBe(0);
        Nearest(old, vectors[50], 1).Single().Row.ShouldBe(50);
    }

    [Theory, MemberData(nameof(InFile))]
    public void Compact_RowsWereRemoved_KeepsTheRestInOrder(bool inFile)
    {
        float[][] vectors = TestVectors.Make("random", 9_000, Dimension, seed: 5);
        using var index = VectorIndex.Create(inFile ? _folder["a"] : null, Dimension);
        Fill(index, vectors);
        for (int row = 0; row < vectors.Length; row += 3)
        {
            index.Remove(row);
        }

        Dictionary<int, int> moved = [];
        using var compact = index.Compact(inFile ? _folder["b"] : null, moved.Add);
        (compact.Rows, compact.Count).ShouldBe((6_000, 6_000));
        moved.Count.ShouldBe(6_000);
        moved.ShouldAllBe(static pair => pair.Value == (pair.Key / 3 * 2) + (pair.Key % 3) - 1);
        foreach (int row in (int[])[1, 2, 4_567, 8_999])
        {
            Nearest(compact, vectors[row], 1).Single().ShouldBe(new VectorHit(moved[row], row + 1, row, 0));
            Nearest(index, vectors[row], 1).Single().ShouldBe(new VectorHit(row, row + 1, row, 0));
        }
    }

    [Fact]
    public void Remove_ThenCheckpoint_LeavesNothingOfTheVectorInTheFile()
    {
        float[][] vectors = TestVectors.Make("random", 50, Dimension, seed: 6);
        byte[] codes = new byte[Dimension];
        RowCode.Encode(vectors[20], codes, new double[Dimension], new double[Dimension]);
        byte[] numbers = MemoryMarshal.AsBytes(vectors[20].AsSpan()).ToArray();
        using var index = VectorIndex.Create(_folder["a"], Dimension);
        Fill(index, vectors);
        index.Checkpoint(1);
        RemainsOf(codes, numbers).ShouldBe(2 * (Dimension / 8)); // the search below would find them

        index.Remove(20);
        index.Checkpoint(2);
        RemainsOf(codes, numbers).ShouldBe(0);

        index.Write(21, 1, 1, vectors[20]);
        index.Write(21, 1, 1, vectors[30]);
        index.Checkpoint(3);
        RemainsOf(codes, numbers).ShouldBe(0);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Write_NumberThatIsNotFinite_IsRefused(float value)
    {
        using var index = VectorIndex.Create(path: null, dimension: 2);
        Should.Throw<ArgumentException>(() => index.Write(0, 1, 1, [1, value]));
        Should.Throw<ArgumentException>(() => index.Write(0, 1, 1, [1, 2, 3]));
        index.Rows.ShouldBe(0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(SegmentLayout.MaxDimension + 1)]
    public void Create_DimensionOutOfRange_IsRefused(int dimension) => Should.Throw<ArgumentOutOfRangeException>(() => VectorIndex.Create(path: null, dimension));

    [Fact]
    public void Search_AfterDispose_IsRefused()
    {
        var index = VectorIndex.Create(_folder["a"], Dimension);
        index.Dispose();
        index.Dispose();
        Should.Throw<ObjectDisposedException>(() => Nearest(index, new float[Dimension], 1));
        Should.Throw<ObjectDisposedException>(() => index.Write(0, 1, 1, new float[Dimension]));
    }

    [Fact]
    public void Search_MoreRows_AllocatesNoMore()
    {
        // Both stay on the calling thread.
        long few = Allocated(rows: 1_000), many = Allocated(rows: 15_000);
        (many - few).ShouldBeLessThan(1_024);

        static long Allocated(int rows)
        {
            using var index = VectorIndex.Create(path: null, Dimension);
            Fill(index, TestVectors.Make("random", rows, Dimension, seed: 7));
            Embedding probe = new(TestVectors.Gaussian(new(8), Dimension, 1));
            VectorSearch search = new(DistanceMetric.Cosine, 10);
            index.Search([probe], search, CancellationToken.None);
            long before = GC.GetAllocatedBytesForCurrentThread();
            index.Search([probe], search, CancellationToken.None);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
    }

    [Fact]
    public void ScanBytes_FiveHundredAndTwelveNumbers_IsThreeQuartersOfAKilobyteARowAtMost()
    {
        using var index = VectorIndex.Create(path: null, dimension: 512);
        index.Write(4_095, 1, 1, new float[512]);
        (index.ScanBytes / 4_096.0).ShouldBeLessThanOrEqualTo(750);
    }

    private static void Fill(VectorIndex index, float[][] vectors)
    {
        for (int row = 0; row < vectors.Length; row++)
        {
            index.Write(row, row + 1, row, vectors[row]);
        }
    }

    private static IReadOnlyList<VectorHit> Nearest(VectorIndex index, float[] probe, int topK) =>
        index.Search([new(probe)], new(DistanceMetric.Cosine, topK), CancellationToken.None)[0];

    // How many pieces of eight numbers, or of their codes, are anywhere in the file.
    private int RemainsOf(byte[] codes, byte[] numbers)
    {
        byte[] file = File.ReadAllBytes(_folder["a"]);
        return Pieces(codes, 8) + Pieces(numbers, 32);

        int Pieces(byte[] bytes, int length) => bytes.Chunk(length).Count(piece => file.AsSpan().IndexOf(piece) >= 0);
    }
}
