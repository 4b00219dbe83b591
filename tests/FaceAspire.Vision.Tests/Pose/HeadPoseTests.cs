using System.Numerics;
using FaceAspire.Testing;
using FaceAspire.Vision.Pose;
using FaceAspire.Vision.Tests.Fixtures;
using FsCheck;
using FsCheck.Fluent;

namespace FaceAspire.Vision.Tests.Pose;

public sealed class HeadPoseTests
{
    private const double Tolerance = 0.01; // degrees

    [Fact]
    public void Of_ProjectedMeanFace_GivesTheAnglesItWasTurnedBy()
    {
        var gen = from yaw in Gen.Choose(-80, 80)
                  from pitch in Gen.Choose(-60, 60)
                  from roll in Gen.Choose(-179, 179)
                  from scale in Gen.Choose(1, 50)
                  select (yaw, pitch, roll, scale: scale / 5f);
        Prop.ForAll(gen.ToArbitrary(), static turn =>
        {
            var pose = HeadPose.Of(Project(turn.yaw, turn.pitch, turn.roll, turn.scale))!.Value;
            return Math.Abs(pose.Yaw - turn.yaw) < Tolerance && Math.Abs(pose.Pitch - turn.pitch) < Tolerance && Math.Abs(pose.Roll - turn.roll) < Tolerance;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Of_NoseMoved_TellsWhereTheHeadTurns()
    {
        var front = Project(0, 0, 0, 2);

        HeadPose.Of(WithNose(front, new(-8, 0)))!.Value.Yaw.ShouldBeGreaterThan(5, "to the left of the picture");
        HeadPose.Of(WithNose(front, new(8, 0)))!.Value.Yaw.ShouldBeLessThan(-5, "to the right of the picture");
        HeadPose.Of(WithNose(front, new(0, -8)))!.Value.Pitch.ShouldBeGreaterThan(5, "up");
        HeadPose.Of(WithNose(front, new(0, 8)))!.Value.Pitch.ShouldBeLessThan(-5, "down");
    }

    [Fact]
    public void Of_MirroredFace_IsTurnedTheOtherWay()
    {
        var points = Project(25, -10, 15, 3);
        Vector2[] mirrored = [.. ((int[])[1, 0, 2, 4, 3]).Select(i => new Vector2(-points[i].X, points[i].Y))];

        var pose = HeadPose.Of(mirrored)!.Value;

        pose.Yaw.ShouldBe(-25, Tolerance);
        pose.Pitch.ShouldBe(-10, Tolerance);
        pose.Roll.ShouldBe(-15, Tolerance);
    }

    [Fact]
    public void Of_PointsThatTellNothing_IsNull()
    {
        HeadPose.Of(new Vector2[5]).ShouldBeNull();
        HeadPose.Of([.. Enumerable.Range(0, 5).Select(static i => new Vector2(i, 2 * i))]).ShouldBeNull();
        HeadPose.Of([new(float.NaN, 0), default, default, default, default]).ShouldBeNull();
        Should.Throw<ArgumentException>(() => HeadPose.Of(new Vector2[2]));
    }

    [Fact]
    public void Of_Photos_AgreesCoarselyWithThePoseNetwork()
    {
        using var faces = SharedMaterial.Golden("pair_faces.json");
        using var network = SharedMaterial.Golden("pose_hopenet.json");
        List<(HeadPose Ours, double[] Theirs)> poses = [];
        foreach (var photo in network.RootElement.GetProperty("pose").EnumerateObject())
        {
            var pose = HeadPose.Of(Golden.Points(faces.RootElement.GetProperty("faces").GetProperty(photo.Name).GetProperty("landmarks")))!.Value;
            poses.Add((pose, [.. photo.Value.EnumerateArray().Select(static angle => angle.GetDouble())]));
        }

        // Nearly frontal portraits: the mean differences are 3.2, 3.9 and 1.8 degrees, some of them the network's own.
        poses.Count.ShouldBe(25);
        poses.Average(static pose => Math.Abs(pose.Ours.Yaw - pose.Theirs[0])).ShouldBeLessThan(4.5);
        poses.Average(static pose => Math.Abs(pose.Ours.Pitch - pose.Theirs[1])).ShouldBeLessThan(5.5);
        poses.Average(static pose => Math.Abs(pose.Ours.Roll - pose.Theirs[2])).ShouldBeLessThan(3);
        foreach (var (ours, theirs) in poses.Where(static pose => Math.Abs(pose.Theirs[0]) > 8))
        {
            Math.Sign(ours.Yaw).ShouldBe(Math.Sign(theirs[0]), $"{ours}, {theirs[0]}");
        }

        foreach (var (ours, theirs) in poses.Where(static pose => Math.Abs(pose.Theirs[2]) > 5))
        {
            Math.Sign(ours.Roll).ShouldBe(Math.Sign(theirs[2]), $"{ours}, {theirs[2]}");
        }
    }

    private static Vector2[] WithNose(Vector2[] points, Vector2 by) => [points[0], points[1], points[2] + by, points[3], points[4]];

    private static Vector2[] Project(double yaw, double pitch, double roll, float scale)
    {
        // Row vectors: System.Numerics turns them by the transposed matrices, so that the first turn stands first.
        var turn = Matrix4x4.CreateRotationX(Radians(-pitch)) * Matrix4x4.CreateRotationY(Radians(yaw)) * Matrix4x4.CreateRotationZ(Radians(roll));
        return [.. HeadPose.Face.ToArray().Select(point => Vector3.Transform(point, turn)).Select(point => (new Vector2(point.X, point.Y) * scale) + new Vector2(300, 200))];
    }

    private static float Radians(double degrees) => (float)(degrees * Math.PI / 180);
}
