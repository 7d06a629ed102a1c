/** The parts of ECharts that are used, and no others: the bundle must stay small. */

import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import * as core from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

core.use([BarChart, LineChart, GridComponent, TooltipComponent, CanvasRenderer])

export { core as echarts }
