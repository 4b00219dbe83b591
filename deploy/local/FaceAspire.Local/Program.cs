using FaceAspire.Local.Launching;

return await LaunchCommand.Create().Parse(args).InvokeAsync(LaunchCommand.Configuration);
