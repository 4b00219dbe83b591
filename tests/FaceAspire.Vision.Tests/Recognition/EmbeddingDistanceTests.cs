using FaceAspire.Contracts.Names;
using FaceAspire.Vision.Recognition;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Recognition;

public sealed class EmbeddingDistanceTests
{
    // Worked out by hand: (3, 4) has length 5, (4, 3) too, their product is 24.
    [Theory]
    [InlineData(DistanceMetric.Cosine, 0.04)]
    [InlineData(DistanceMetric.Euclidean, 1.414214)]
    [InlineData(DistanceMetric.EuclideanL2, 0.282843)]
    [InlineData(DistanceMetric.Angular, 0.090334)]
    public void Between_TwoShortVectors_IsTheDistanceByHand(DistanceMetric metric, double expected) =>
        EmbeddingDistance.Between(new(new float[] { 3, 4 }), new(new float[] { 4, 3 }), metric).ShouldBe(expected, 1e-9);

    [Theory]
    [InlineData(DistanceMetric.Cosine, 2)]
    [InlineData(DistanceMetric.EuclideanL2, 2)]
    [InlineData(DistanceMetric.Angular, 1)]
    public void Between_OppositeVectors_IsTheLargestDistance(DistanceMetric metric, double expected) =>
        EmbeddingDistance.Between(new(new[] { 0.1f, 0.7f }), new(new[] { -0.1f, -0.7f }), metric).ShouldBe(expected, 1e-6);

    [Fact]
    public void Between_AnyTwoVectors_IsSymmetricFiniteAndZeroToItself()
    {
        var number = Gen.Choose(-1_000_000, 1_000_000).Select(static value => value / 1_000f);
        var pairs =
            from dimension in Gen.Choose(1, 40)
            from a in Gen.ArrayOf(number, dimension)
            from b in Gen.ArrayOf(number, dimension)
            from metric in Gen.Elements(Enum.GetValues<DistanceMetric>())
            select (a, b, metric);
        Prop.ForAll(pairs.ToArbitrary(), pair =>
        {
            var (a, b) = (new Embedding(pair.a), new Embedding(pair.b));
            double distance = EmbeddingDistance.Between(a, b, pair.metric);
            bool isZero = pair.a.All(static value => value == 0);
            return double.IsFinite(distance) && distance >= 0
                && distance == EmbeddingDistance.Between(b, a, pair.metric)
                && (isZero || EmbeddingDistance.Between(a, a, pair.metric) < 1e-6);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Between_DifferentDimensions_IsRefused() =>
        Should.Throw<ArgumentException>(() => EmbeddingDistance.Between(new(new float[2]), new(new float[3]), DistanceMetric.Cosine));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Embedding_NumberThatIsNotFinite_IsRefused(float value) => Should.Throw<ArgumentException>(() => new Embedding(new[] { 1, value }));
}
