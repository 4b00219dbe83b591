namespace FaceAspire.ModelHub.Tests;

public sealed class SettingNamesTests
{
    [Fact]
    public void Check_KnownNamesInAnyCase_Succeeds() => SettingNames.Check(("DEFAULT_MODEL", "DLIB", ["Dlib"]), ("DEFAULT_DETECTOR", "yunet", ["yunet", "skip"])).Succeeded.ShouldBeTrue();

    [Fact]
    public void Check_SeveralUnknownNames_AreAllTold() =>
        SettingNames.Check(("DEFAULT_MODEL", "x", ["Dlib"]), ("OTHER", "Dlib", ["Dlib"]), ("DEFAULT_DETECTOR", "", ["yunet", "skip"])).Failures.ShouldBe(
        [
            "DEFAULT_MODEL: must be one of Dlib (value 'x')",
            "DEFAULT_DETECTOR: must be one of yunet, skip (value '')",
        ]);
}
