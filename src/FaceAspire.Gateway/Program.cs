using FaceAspire.ServiceDefaults;

var builder = ServiceHost.CreateBuilder(args);

builder.AddServiceDefaults("gateway");

var app = builder.Build();

app.UseServiceDefaults();
app.MapServiceInfo("gateway");

return await app.RunServiceAsync();
