using FaceAspire.Contracts.Names;
using FaceAspire.Gallery.Search;
using FaceAspire.Vision.Recognition;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Gallery.Tests.Search;

public sealed class ScoreBoundTests
{
    [Fact]
    public void Bounds_AnyTwoVectors_AreNotBelowTheDistance()
    {
        var number = Gen.OneOf(
            Gen.Choose(-1_000_000, 1_000_000).Select(static value => value / 1_000f),
            Gen.Choose(-3, 3).Select(static value => (float)value),
            Gen.Constant(0f),
            Gen.Choose(-44, 36).Select(static exponent => (float)Math.Pow(10, exponent)));
        var pairs =
            from dimension in Gen.Choose(1, 200)
            from a in Gen.ArrayOf(number, dimension)
            from b in Gen.ArrayOf(number, dimension)
            from mix in Gen.Elements(0f, 1e-7f, 0.01f, 1f)
            from metric in Gen.Elements(Enum.GetValues<DistanceMetric>())
            select (a, b: b.Zip(a, (x, y) => (mix * x) + ((1 - mix) * y)).ToArray(), metric);
        Prop.ForAll(pairs.ToArbitrary(), static pair => Holds(pair.a, pair.b, pair.metric)).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Theory]
    [InlineData(128, 0.012)]
    [InlineData(512, 0.009)]
    [InlineData(4096, 0.009)]
    public void Fine_OrdinaryVectors_IsCloseToTheCosine(int dimension, double allowed)
    {
        // Uniform rounding of normal numbers loses step / √12 a number, with a step of about 3.5 / (127 · √d) of the unit vector: 0.008 in all, whatever the dimension.
        Random random = new(dimension);
        for (int i = 0; i < 100; i++)
        {
            float[] a = TestVectors.Gaussian(random, dimension, 1), b = TestVectors.Gaussian(random, dimension, 1);
            double cosine = 1 - EmbeddingDistance.Unrounded(a, b, DistanceMetric.Cosine);
            (Fine(a, b, DistanceMetric.Cosine, out _) - cosine).ShouldBeInRange(0, 2 * allowed);
        }
    }

    private static bool Holds(float[] a, float[] b, DistanceMetric metric)
    {
        double fine = Fine(a, b, metric, out var passes);
        double distance = EmbeddingDistance.Unrounded(a, b, metric);
        ScoreBound bound = new(new(new(a), Stride(a.Length)), metric);
        double least = bound.LeastScore(distance);
        return fine >= least && passes(least) && passes(bound.LeastScoreOfRounded(EmbeddingDistance.Round(distance)));
    }

    // The bound by both digits, and whether the row passes the high one, at each place of a block: vectors of several rows and what is left over are worked out apart.
    private static double Fine(float[] probe, float[] row, DistanceMetric metric, out Func<double, bool> passes)
    {
        int stride = Stride(probe.Length);
        byte[] codes = new byte[stride];
        var code = RowCode.Encode(row, codes.AsSpan(0, row.Length), new double[row.Length], new double[row.Length]);
        ProbeCode probeCode = new(new(probe), stride);
        ScoreBound bound = new(probeCode, metric);
        int[] high = new int[7], low = new int[1];
        ScanKernel.Best.Multiply(codes, stride, 1, probeCode.High, high);
        ScanKernel.Best.Multiply(codes, stride, 1, probeCode.Low, low);
        high.AsSpan().Fill(high[0]);
        float[] scales = new float[7], residuals = new float[7];
        double[] norms = new double[7];
        scales.AsSpan().Fill(code.Scale);
        residuals.AsSpan().Fill(code.Residual);
        norms.AsSpan().Fill(code.Norm);
        passes = least => bound.Passing(high, scales, residuals, norms, least) == 0x7F;
        return bound.Fine(high[0], low[0], code.Scale, code.Residual, code.Norm);
    }

    private static int Stride(int dimension) => (dimension + 63) / 64 * 64;
}
