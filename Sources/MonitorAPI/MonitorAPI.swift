// MonitorAPI
