using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Gallery.Sqlite;
using static FaceAspire.Gallery.Tests.GalleryFaces;

namespace FaceAspire.Gallery.Tests.Sqlite;

public sealed class SpaceIndexTests
{
    private static readonly VectorSearch _search = new(DistanceMetric.Cosine, 5, double.MaxValue, null);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Search_IndexIsBeingMadeAgain_IsNullUntilItIsWhole()
    {
        using SpaceIndex index = new(1, Dimension);
        index.Replace(() => VectorIndex.Create(path: null, Dimension), isWhole: true);
        index.Search([Vector(1)], _search, Token).ShouldNotBeNull()[0].ShouldBeEmpty();

        index.Replace(() => VectorIndex.Create(path: null, Dimension), isWhole: false);
        index.Search([Vector(1)], _search, Token).ShouldBeNull("its rows are not written yet");
        index.Index.Write(0, 7, 1, Vector(1).Values.Span);
        index.Search([Vector(1)], _search, Token).ShouldBeNull("there may be more of them");

        index.IsBroken = false;
        index.Search([Vector(1)], _search, Token).ShouldNotBeNull()[0].ShouldHaveSingleItem().Face.ShouldBe(7);
    }
}
